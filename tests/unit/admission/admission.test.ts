import fc from 'fast-check';
import { Admission, type Leave } from '../../../src/admission/index.js';
import { Problem } from '../../../src/api-contract/index.js';

const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'admitted';
  } catch (error) {
    return error instanceof Problem ? error.code : 'another error';
  }
};

describe('admission', () => {
  it('turns away a system above its share, and lets others in', () => {
    const admission = new Admission({ maxExchanges: 10, maxExchangesPerSystem: 2 });
    admission.enter('a');
    const leave = admission.enter('a');
    expect(codeOf(() => admission.enter('a'))).toBe('SYSTEM_OVER_SHARE');
    expect(codeOf(() => admission.enter('b'))).toBe('admitted');
    leave();
    expect(codeOf(() => admission.enter('a'))).toBe('admitted');
  });

  it('turns everybody away when it is full', () => {
    const admission = new Admission({ maxExchanges: 2, maxExchangesPerSystem: 2 });
    admission.enter('a');
    const leave = admission.enter('b');
    expect(codeOf(() => admission.enter('c'))).toBe('GATEWAY_BUSY');
    leave();
    expect(codeOf(() => admission.enter('c'))).toBe('admitted');
  });

  it('counts an exchange that ends twice once', () => {
    const admission = new Admission({ maxExchanges: 2, maxExchangesPerSystem: 2 });
    const leave = admission.enter('a');
    admission.enter('a');
    leave();
    leave();
    expect(admission.underWay).toBe(1);
  });

  it('begins nothing once it stops, and says when it is idle', async () => {
    const admission = new Admission({ maxExchanges: 2, maxExchangesPerSystem: 2 });
    const leave = admission.enter('a');
    admission.stop();
    expect(codeOf(() => admission.enter('b'))).toBe('GATEWAY_STOPPING');
    const idle = admission.whenIdle(60_000);
    leave();
    await expect(idle).resolves.toBe(true);
    await expect(admission.whenIdle(0)).resolves.toBe(true);
  });

  it('does not wait beyond the deadline', async () => {
    const admission = new Admission({ maxExchanges: 1, maxExchangesPerSystem: 1 });
    admission.enter('a');
    await expect(admission.whenIdle(5)).resolves.toBe(false);
  });

  it('never has more under way than its limits, whoever comes and goes', () => {
    const limits = fc.record({
      maxExchanges: fc.integer({ min: 1, max: 6 }),
      maxExchangesPerSystem: fc.integer({ min: 1, max: 6 }),
    });
    const steps = fc.array(fc.record({ system: fc.constantFrom('a', 'b', 'c'), leaves: fc.boolean() }));
    fc.assert(
      fc.property(limits, steps, (limit, moves) => {
        const admission = new Admission(limit);
        const inside: { system: string; leave: Leave }[] = [];
        for (const { system, leaves } of moves) {
          if (leaves) inside.shift()?.leave();
          else {
            const ofSystem = inside.filter((one) => one.system === system).length;
            const expected =
              ofSystem >= limit.maxExchangesPerSystem
                ? 'SYSTEM_OVER_SHARE'
                : inside.length >= limit.maxExchanges
                  ? 'GATEWAY_BUSY'
                  : 'admitted';
            expect(codeOf(() => inside.push({ system, leave: admission.enter(system) }))).toBe(expected);
          }
          expect(admission.underWay).toBe(inside.length);
        }
      }),
    );
  });
});
