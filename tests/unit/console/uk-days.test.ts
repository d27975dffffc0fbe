import { endOfUkDay, readUkDays, startOfUkDay } from '../../../src/console/uk-days.js';

describe('a day on the clocks of the United Kingdom', () => {
  it.each([
    ['2026-01-15', '2026-01-15T00:00:00.000Z', '2026-01-16T00:00:00.000Z'],
    ['2026-07-15', '2026-07-14T23:00:00.000Z', '2026-07-15T23:00:00.000Z'],
    // Clocks go forward at 01:00 UTC, and back at 01:00 UTC.
    ['2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
    ['2026-10-25', '2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'],
    ['2026-12-31', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('%s goes from %s until %s', (day, from, until) => {
    expect([startOfUkDay(day)?.toISOString(), endOfUkDay(day)?.toISOString()]).toEqual([from, until]);
  });

  it.each(['', '2026-02-30', '2026-13-01', '26-01-01', '2026-01-01T00:00:00Z', '<script>'])('%s is none', (text) => {
    expect([startOfUkDay(text), endOfUkDay(text)]).toEqual([undefined, undefined]);
  });

  it('is one of a time whose days are both included, and which does not go backwards', () => {
    expect(readUkDays({ from: '2026-07-01', to: '2026-07-01' })).toEqual({
      faults: [],
      from: new Date('2026-06-30T23:00:00.000Z'),
      to: new Date('2026-07-01T23:00:00.000Z'),
    });
    expect(readUkDays({})).toEqual({ faults: [] });
    expect(readUkDays({ from: '2026-07-02', to: '2026-07-01' }).faults).toMatchObject([{ field: 'to' }]);
    expect(readUkDays({ from: 'x', to: 'y' }).faults.map(({ field }) => field)).toEqual(['from', 'to']);
  });
});
