import { compareHours, hoursInWords, isWithinHours, type Hours } from '../../../src/agreements/index.js';

const OFFICE: Hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', until: '18:00' };
const NIGHT: Hours = { days: ['fri'], from: '20:00', until: '06:00' };
const EVENING: Hours = { days: ['sun'], from: '18:00', until: '24:00' };

describe('hours of the week in Europe/London', () => {
  it.each<[string, Hours, string, boolean]>([
    ['the first minute', OFFICE, '2026-11-23T08:00:00Z', true],
    ['the second before', OFFICE, '2026-11-23T07:59:59.999Z', false],
    ['the last second', OFFICE, '2026-11-23T17:59:59.999Z', true],
    ['the end, which is excluded', OFFICE, '2026-11-23T18:00:00Z', false],
    ['another day', OFFICE, '2026-11-22T12:00:00Z', false],
    ['the first minute in summer, when London is an hour ahead', OFFICE, '2026-07-06T07:00:00Z', true],
    ['the end in summer', OFFICE, '2026-07-06T17:00:00Z', false],
    ['the evening on which they begin', NIGHT, '2026-11-27T20:00:00Z', true],
    ['the morning after, which belongs to the day before', NIGHT, '2026-11-28T05:59:59Z', true],
    ['the end on the morning after', NIGHT, '2026-11-28T06:00:00Z', false],
    ['the morning of the day itself', NIGHT, '2026-11-27T05:00:00Z', false],
    ['the evening after', NIGHT, '2026-11-28T20:00:00Z', false],
    ['the last minute of a day', EVENING, '2026-11-22T23:59:59Z', true],
    ['midnight after it', EVENING, '2026-11-23T00:00:00Z', false],
    // Clocks go back at 02:00 on 25 October 2026: 01:30 comes at 00:30Z and at 01:30Z.
    ['the first of an hour that comes twice', { ...NIGHT, days: ['sat'] }, '2026-10-25T00:30:00Z', true],
    ['the second of an hour that comes twice', { ...NIGHT, days: ['sat'] }, '2026-10-25T01:30:00Z', true],
    ['06:00 after the clocks went back', { ...NIGHT, days: ['sat'] }, '2026-10-25T06:00:00Z', false],
    ['06:00 after the clocks went forward', { ...NIGHT, days: ['sat'] }, '2026-03-29T05:00:00Z', false],
    ['05:59 after the clocks went forward', { ...NIGHT, days: ['sat'] }, '2026-03-29T04:59:00Z', true],
  ])('take %s as they should', (_when, hours, at, within) => {
    expect(isWithinHours(hours, new Date(at))).toBe(within);
  });

  it('are said in words, the days in their order', () => {
    expect(hoursInWords({ days: ['fri', 'mon', 'tue'], from: '08:00', until: '18:00' })).toBe(
      'on Monday, Tuesday and Friday from 08:00 until 18:00 (Europe/London)',
    );
    expect(hoursInWords(NIGHT)).toBe('on Friday from 20:00 until 06:00 on the next day (Europe/London)');
  });

  it.each<[string, Hours | undefined, Hours | undefined, string]>([
    ['an hour more', OFFICE, { ...OFFICE, until: '19:00' }, 'widens'],
    ['a day less', OFFICE, { ...OFFICE, days: ['mon'] }, 'narrows'],
    ['an hour later', OFFICE, { ...OFFICE, from: '09:00', until: '19:00' }, 'changes'],
    ['none in place of some', OFFICE, undefined, 'widens'],
    ['some in place of none', undefined, EVENING, 'narrows'],
    ['the days in another order', OFFICE, { ...OFFICE, days: OFFICE.days.toReversed() }, 'same'],
    ['the night from Sunday on into Monday', NIGHT, { ...NIGHT, days: ['fri', 'sun'] }, 'widens'],
  ])('are compared by their minutes: %s', (_what, before, after, effect) => {
    expect(compareHours(before, after)).toBe(effect);
  });
});
