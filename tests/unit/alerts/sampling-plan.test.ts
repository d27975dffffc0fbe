import { randomUUIDv7 as uuid } from 'node:crypto';
import type { SamplingPlan } from '../../../src/agencies/index.js';
import type { Hours } from '../../../src/agreements/index.js';
import { drawExchange, samplingKey, type SampledExchange } from '../../../src/alerts/sampling-plan.js';

const KEY = samplingKey(Buffer.alloc(32, 7));
const OFFICE: Hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', until: '18:00' };
const NOON = '2026-11-23T12:00:00Z';

const exchangeAt = (at: string, staffId: string | null = 'sw-1'): SampledExchange => ({
  exchangeId: uuid(),
  agency: 'council',
  staffId,
  at: new Date(at),
});
const many = (count: number): SampledExchange[] => Array.from({ length: count }, () => exchangeAt(NOON));
const drawn = (plan: SamplingPlan, exchanges: readonly SampledExchange[], key = KEY): string[] =>
  exchanges.filter((one) => drawExchange(plan, one, key).length > 0).map(({ exchangeId }) => exchangeId);

describe('a sampling plan', () => {
  it('draws nothing when it says nothing', () => {
    expect(drawn({}, many(200))).toEqual([]);
  });

  it.each([
    [0, 0, 0],
    [1, 60, 140],
    [10, 900, 1_100],
    [100, 10_000, 10_000],
  ])('draws %d of a hundred exchanges', (percentage, least, most) => {
    const count = drawn({ percentage }, many(10_000)).length;
    // Four standard deviations of the binomial distribution: fewer than one run in ten thousand is outside.
    expect(count).toBeGreaterThanOrEqual(least);
    expect(count).toBeLessThanOrEqual(most);
  });

  it('draws the same exchanges again, more of them with a higher percentage, and others with another key', () => {
    const exchanges = many(2_000);
    const few = drawn({ percentage: 5 }, exchanges);
    const more = drawn({ percentage: 20 }, exchanges);
    expect(drawn({ percentage: 5 }, exchanges)).toEqual(few);
    expect(more).toEqual(expect.arrayContaining(few));
    const otherKey = samplingKey(Buffer.alloc(32, 8));
    const common = drawn({ percentage: 20 }, exchanges, otherKey).filter((id) => more.includes(id)).length;
    // Independent draws have a fifth of a fifth in common: 80 of 2,000, give or take 36.
    expect(common).toBeGreaterThan(44);
    expect(common).toBeLessThan(116);
  });

  it.each([
    ['at noon on a Monday', '2026-11-23T12:00:00Z', false],
    ['in the last second of a working day', '2026-11-23T17:59:59Z', false],
    ['when the working day has ended', '2026-11-23T18:00:00Z', true],
    ['on a Sunday', '2026-11-22T12:00:00Z', true],
    ['at 07:30 UTC in summer, which is 08:30 in London', '2026-07-06T07:30:00Z', false],
    ['at 17:30 UTC in summer, which is 18:30 in London', '2026-07-06T17:30:00Z', true],
    ['at 07:30 UTC on the Monday after the clocks went back', '2026-10-26T07:30:00Z', true],
    ['at 07:30 UTC on the Monday after the clocks went forward', '2026-03-30T07:30:00Z', false],
  ])('knows what is out of hours: %s', (_when, at, isOut) => {
    const plan = { outOfHours: { hours: OFFICE, percentage: 100 } };
    expect(drawExchange(plan, exchangeAt(at), KEY)).toEqual(isOut ? ['out-of-hours'] : []);
  });

  it('draws members of staff for a day on the clocks of London, with all that they asked on it', () => {
    const plan = { staff: { percentage: 30 } };
    const isDrawn = (staffId: string | null, at: string): boolean =>
      drawExchange(plan, exchangeAt(at, staffId), KEY).length > 0;
    const staff = Array.from({ length: 1_000 }, (_, i) => `sw-${i}`);
    const inSummer = staff.filter((one) => isDrawn(one, '2026-07-06T10:00:00Z'));
    expect(inSummer.length).toBeGreaterThan(240);
    expect(inSummer.length).toBeLessThan(360);
    for (const one of staff) {
      // 23:30 UTC on the fifth is half past midnight on the sixth.
      expect(isDrawn(one, '2026-07-05T23:30:00Z')).toBe(inSummer.includes(one));
      expect(isDrawn(one, '2026-07-06T22:59:59Z')).toBe(inSummer.includes(one));
    }
    const nextDay = staff.filter((one) => isDrawn(one, '2026-07-06T23:00:00Z'));
    expect(nextDay).not.toEqual(inSummer);
    expect(isDrawn(null, NOON)).toBe(false);
    expect(drawExchange({ staff: { percentage: 100 } }, exchangeAt(NOON, null), KEY)).toEqual([]);
  });

  it('says each rule by which an exchange was drawn', () => {
    const plan = {
      percentage: 100,
      outOfHours: { hours: OFFICE, percentage: 100 },
      staff: { percentage: 100 },
    };
    expect(drawExchange(plan, exchangeAt('2026-11-22T12:00:00Z'), KEY)).toEqual([
      'percentage',
      'out-of-hours',
      'staff',
    ]);
  });
});
