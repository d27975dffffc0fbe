import fc from 'fast-check';
import { USUAL_DAYS, usualOf } from '../../../src/alerts/far-above-usual.js';

const FLOOR = 50;
const count = fc.integer({ min: 0, max: 5_000 });
const history = fc.array(count, { maxLength: USUAL_DAYS });

describe('what is far above somebody’s usual', () => {
  it.each<[string, number[], number, number]>([
    ['of somebody new, who may do as much as the floor', [], 0, 50],
    ['of somebody who does little', [2, 3, 1, 2, 4], 2, 50],
    ['of somebody who does the same each day: twice that', [100, 100, 100, 100], 100, 200],
    ['of somebody whose days differ: six deviations', [100, 140, 60, 180, 20], 100, 100 + 6 * 1.4826 * 40],
    ['of an even number of days: between the two in the middle', [80, 90, 100, 400], 95, 190],
  ])('is measured by the usual %s', (_whose, counts, median, limit) => {
    const usual = usualOf(counts, FLOOR);
    expect(usual.median).toBe(median);
    expect(usual.limit).toBeCloseTo(limit, 6);
  });

  it('is never below the floor, and never below twice the median', () => {
    fc.assert(
      fc.property(history, count, (counts, floor) => {
        const { median, limit } = usualOf(counts, floor);
        expect(limit).toBeGreaterThanOrEqual(floor);
        expect(limit).toBeGreaterThanOrEqual(2 * median);
      }),
    );
  });

  it('does not depend on the order of the days', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (counts, random) => {
        const keys = counts.map(() => random.next().value as number);
        const shuffled = counts.map((_, i) => i).toSorted((a, b) => keys[a]! - keys[b]!);
        expect(
          usualOf(
            shuffled.map((i) => counts[i]!),
            FLOOR,
          ),
        ).toEqual(usualOf(counts, FLOOR));
      }),
    );
  });

  it('grows with the work: ten times as much each day gives ten times the limit', () => {
    fc.assert(
      fc.property(history, (counts) => {
        const tenfold = counts.map((one) => one * 10);
        expect(usualOf(tenfold, FLOOR * 10).limit).toBeCloseTo(usualOf(counts, FLOOR).limit * 10, 4);
      }),
    );
  });

  it('cannot be hidden by days before it, as long as they are fewer than half', () => {
    const ordinary = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: USUAL_DAYS });
    fc.assert(
      fc.property(ordinary, fc.integer({ min: 1_000, max: 1_000_000 }), (days, excess) => {
        const most = Math.ceil(days.length / 2) - 1;
        const excessive = Array.from({ length: most }, () => excess);
        // All ordinary days are from 0 to 100, so no median or deviation of a majority of them is more than 100.
        expect(usualOf([...days, ...excessive], FLOOR).limit).toBeLessThanOrEqual(100 + 6 * 1.4826 * 100);
      }),
    );
  });
});
