import { findDueDates } from '../../../src/agreements/index.js';

const agreement = (id: string, reviewOn: string, endsOn: string) => ({ id, version: 2, reviewOn, endsOn });
const TODAY = '2026-11-22';
const told = (...agreements: ReturnType<typeof agreement>[]) =>
  findDueDates(agreements, TODAY).map(({ agreement: id, date, daysLeft }) => [id, date, daysLeft]);

describe('the dates of agreements that are due', () => {
  it.each([
    ['61 days before', '2027-01-22', []],
    ['60 days before', '2027-01-21', [['care', 'review', 60]]],
    ['on the day', TODAY, [['care', 'review', 0]]],
    ['a year after, since nobody has reviewed it', '2025-11-22', [['care', 'review', -365]]],
  ])('tell of a review %s', (_when, reviewOn, expected) => {
    expect(told(agreement('care', reviewOn, '2030-01-01'))).toEqual(expected);
  });

  it.each([
    ['61 days before', '2027-01-22', []],
    ['60 days before', '2027-01-21', [['care', 'end', 60]]],
    ['on the last day', TODAY, [['care', 'end', 0]]],
    ['60 days after', '2026-09-23', [['care', 'end', -60]]],
    ['61 days after', '2026-09-22', []],
  ])('tell of an end %s', (_when, endsOn, expected) => {
    expect(told(agreement('care', '2028-01-01', endsOn))).toEqual(expected);
  });

  it('tell of no review of an agreement that has ended', () => {
    expect(told(agreement('care', '2026-11-01', '2026-11-21'))).toEqual([['care', 'end', -1]]);
  });

  it('come the nearest first, with both dates of one agreement', () => {
    expect(told(agreement('b', '2026-12-01', '2026-12-31'), agreement('a', '2026-12-01', '2030-01-01'))).toEqual([
      ['a', 'review', 9],
      ['b', 'review', 9],
      ['b', 'end', 39],
    ]);
  });

  it('reach as far ahead as is asked', () => {
    const later = agreement('care', '2027-11-22', '2030-01-01');
    expect(findDueDates([later], TODAY, 365)).toEqual([
      { agreement: 'care', version: 2, date: 'review', on: '2027-11-22', daysLeft: 365 },
    ]);
    expect(findDueDates([later], TODAY, 364)).toEqual([]);
  });
});
