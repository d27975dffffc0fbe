import fc from 'fast-check';
import { merged, named, without, type IndexRange } from '../../../src/disclosure-log/verification/index-ranges.js';

const ranges = fc.array(
  fc.tuple(fc.nat(60), fc.nat(6)).map(([first, more]): IndexRange => [first, first + more]),
  { maxLength: 12 },
);
const membersOf = (all: readonly IndexRange[]): Set<number> =>
  new Set(all.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)));

describe('ranges of indexes', () => {
  it('have the same members when merged, ascending and apart', () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const whole = merged(given);
        expect(membersOf(whole)).toEqual(membersOf(given));
        whole.slice(1).forEach(([first], place) => expect(first).toBeGreaterThan(whole[place]![1] + 1));
      }),
    );
  });

  it('without others have the members that the others do not have', () => {
    fc.assert(
      fc.property(ranges, ranges, (given, taken) => {
        const left = membersOf(without(merged(given), merged(taken)));
        const gone = membersOf(taken);
        expect(left).toEqual(new Set([...membersOf(given)].filter((member) => !gone.has(member))));
      }),
    );
  });

  it('are named by the entries they stand for', () => {
    expect([named([7, 7]), named([7, 9])]).toEqual(['entry 7', 'entries 7 to 9']);
  });
});
