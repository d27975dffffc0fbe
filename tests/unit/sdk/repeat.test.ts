import fc from 'fast-check';
import { repeat, retryAfterMs } from '../../../sdk/repeat.js';

const never = new AbortController().signal;
const inTime = (ms: number): number => performance.now() + ms;
const failing = (): { attempts: number; attempt: () => Promise<never> } => {
  const counted = {
    attempts: 0,
    attempt: async () => {
      counted.attempts++;
      throw new Error(`attempt ${counted.attempts}`);
    },
  };
  return counted;
};

describe('repeating', () => {
  it('makes no more repeats than allowed and ends as the last attempt did', async () => {
    const counted = failing();
    const limits = { repeats: 2, deadline: inTime(10_000), signal: never };
    await expect(repeat(counted.attempt, () => 1, limits)).rejects.toThrow('attempt 3');
    expect(counted.attempts).toBe(3);
  });

  it('makes one attempt when the outcome must not be repeated', async () => {
    const counted = failing();
    const limits = { repeats: 5, deadline: inTime(10_000), signal: never };
    await expect(repeat(counted.attempt, () => undefined, limits)).rejects.toThrow('attempt 1');
    expect(counted.attempts).toBe(1);
  });

  it('does not begin a wait that would pass the deadline', async () => {
    const counted = failing();
    const limits = { repeats: 5, deadline: inTime(1_000), signal: never };
    await expect(repeat(counted.attempt, () => 60_000, limits)).rejects.toThrow('attempt 1');
  });

  it('waits at least as long as was asked', async () => {
    let last = 0;
    const attempt = async (): Promise<number> => {
      const since = performance.now() - last;
      last = performance.now();
      return since;
    };
    const limits = { repeats: 1, deadline: inTime(10_000), signal: never };
    // A timer may fire a fraction of a millisecond early.
    expect(await repeat(attempt, () => 60, limits)).toBeGreaterThan(58);
  });

  it('ends a wait when the signal aborts', async () => {
    const abort = new AbortController();
    const limits = { repeats: 1, deadline: inTime(100_000), signal: abort.signal };
    const repeated = repeat(failing().attempt, () => 50_000, limits);
    abort.abort();
    await expect(repeated).rejects.toThrow();
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const read = (value?: string): number | undefined =>
    retryAfterMs(new Headers(value === undefined ? {} : { 'retry-after': value }), now);

  it('is read in seconds and as a date', () => {
    expect(read('3')).toBe(3_000);
    expect(read('0')).toBe(0);
    expect(read('Sun, 22 Nov 2026 12:00:07 GMT')).toBe(7_000);
  });

  it('is none when it is absent or of another form, and no wait when its date is past', () => {
    expect(read()).toBeUndefined();
    expect(read('soon')).toBeUndefined();
    expect(read('Sun, 22 Nov 2026 11:00:00 GMT')).toBe(0);
  });

  it('never makes a wait that is negative or not a number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*$/), (text) => {
        const wait = read(text);
        expect(wait === undefined || wait >= 0).toBe(true);
      }),
    );
  });
});
