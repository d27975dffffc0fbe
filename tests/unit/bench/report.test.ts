import { TARGETS, type Measured, type Target } from '../../../bench/measure.js';
import type { Options } from '../../../bench/options.js';
import { makeReport, median, type Results } from '../../../bench/report.js';
import { table } from '../../../bench/table.js';

const measured = (throughput: number, times: { p50?: number; p99?: number } = {}): Measured => ({
  requests: throughput * 8,
  answered: throughput * 8,
  seconds: 8,
  throughput,
  p50: times.p50 ?? 10,
  p95: 15,
  p99: times.p99 ?? 20,
  max: 30,
  cpuMs: 1,
  mainThreadCpuMs: 0.5,
});

const OPTIONS: Options = {
  seconds: 8,
  connections: 64,
  rounds: 3,
  exchanges: 0,
  large: 0,
  json: true,
  profile: undefined,
};

/** Three rounds of each target; the medians are 5000, 2000, 1000, 600 and 400. */
const THROUGHPUT: Record<Target, Measured[]> = {
  direct: [5000, 4000, 9000].map((rate) => measured(rate)),
  proxy: [2000, 100, 2500].map((rate) => measured(rate)),
  byHand: [1000, 1100, 10].map((rate) => measured(rate)),
  gateway: [900, 600, 500].map((rate) => measured(rate)),
  gatewayWithPermission: [400, 300, 500].map((rate) => measured(rate)),
};

const RESULTS: Results = {
  options: OPTIONS,
  throughput: THROUGHPUT,
  atHalf: {
    direct: [measured(300, { p50: 1, p99: 3 }), measured(300, { p50: 2, p99: 90 }), measured(300, { p50: 1, p99: 4 })],
    byHand: [measured(300, { p50: 2, p99: 5 }), measured(300, { p50: 3, p99: 6 }), measured(300, { p50: 3, p99: 7 })],
    gateway: [
      measured(300, { p50: 6, p99: 12 }),
      measured(300, { p50: 5, p99: 13 }),
      measured(300, { p50: 7, p99: 99 }),
    ],
  },
  rate: 300,
  soak: [
    { exchanges: 0, rssMb: 300.04 },
    { exchanges: 5000, rssMb: 301 },
  ],
  withdrawals: {
    withdrawals: 50,
    permittedAfter: 0,
    answeredMs: { p50: 5.0049, p99: 9 },
    refusedMs: { p50: 0, p99: 2 },
  },
  inProcess: {
    agreementLookup: [{ agreements: 10_000, p50Us: 2.3456, p99Us: 7.5 }],
    decisionsPerSecond: { cold: 900, memoised: 40_000 },
  },
  rssMb: { start: 299.96, end: 302.25 },
  peakRssMb: { direct: 80, proxy: 100, byHand: 120, gateway: 310 },
  postgres: '18.4',
  loadAverageBefore: 0.1,
};

describe('the median', () => {
  it('is the middle one, and the mean of the middle two of an even number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([100, 20, 3])).toBe(20);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('the report', () => {
  const report = makeReport(RESULTS);

  it('has the medians of the rounds', () => {
    expect(report.throughput).toEqual({
      direct: 5000,
      proxy: 2000,
      byHand: 1000,
      gateway: 600,
      gatewayWithPermission: 400,
    });
  });

  it('divides the gateway by what it is compared with, and not the other way round', () => {
    expect(report.ratios).toEqual({ gatewayToByHand: 0.6, gatewayToProxy: 0.3, gatewayWithPermissionToByHand: 0.4 });
  });

  it('takes the time that a direct call needs from the time that the gateway needs, at the same rate', () => {
    expect(report.addedLatencyMs).toEqual({ p50: 5, p99: 9, atRate: 300 });
  });

  it('counts every request of every round and load', () => {
    const rates = [
      5000,
      4000,
      9000,
      2000,
      100,
      2500,
      1000,
      1100,
      10,
      900,
      600,
      500,
      400,
      300,
      500,
      ...Array(9).fill(300),
    ];
    expect(report.requests).toBe(rates.reduce((sum: number, rate: number) => sum + rate * 8, 0));
  });

  it('is one JSON object with the members that others read', () => {
    const text = JSON.stringify(report);
    expect(text).not.toContain('\n');
    // What is not a number would come out as null.
    expect(text).not.toContain('null');
    expect(JSON.parse(text)).toMatchObject({
      throughput: Object.fromEntries(TARGETS.map((target) => [target, expect.any(Number)])),
      ratios: { gatewayToByHand: 0.6, gatewayToProxy: 0.3 },
      addedLatencyMs: { p50: 5, p99: 9 },
      rssMb: { start: 300, end: 302.3 },
      withdrawals: {
        withdrawals: 50,
        permittedAfter: 0,
        answeredMs: { p50: 5, p99: 9 },
        refusedMs: { p50: 0, p99: 2 },
      },
      inProcess: {
        agreementLookup: [{ agreements: 10_000, p50Us: 2.35, p99Us: 7.5 }],
        decisionsPerSecond: { cold: 900, memoised: 40_000 },
      },
      errors: 0,
    });
  });

  it('says the same in the table', () => {
    const lines = table(report).split('\n');
    expect(lines.find((line) => line.startsWith('gateway  '))?.split(/\s{2,}/)).toEqual([
      'gateway',
      '600',
      '10.0',
      '20.0',
      '310',
      '1.00',
    ]);
    expect(lines).toContain('gateway to by-hand                   0.60');
    expect(lines).toContain('  agreement in force among 10000: p50 2.35 µs, p99 7.5 µs');
    expect(lines).toContain('  decisions 900/s cold, 40000/s memoised');
    expect(lines).toContain('  added   p50 5 ms, p99 9 ms');
  });
});
