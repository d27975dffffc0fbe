import { WEEKDAYS, type Hours, type Weekday } from './agreement.js';

const IN_LONDON = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/**
 * Whether an instant is within hours, on the clocks of Europe/London. From `from`, included, until `until`, excluded. Hours
 * that go on past midnight belong to the day on which they begin. On the nights when clocks change, the clock counts: an hour
 * that comes twice is within both times or neither.
 */
export function isWithinHours(hours: Hours, at: Date): boolean {
  const { day, time } = inLondon(at);
  return isWithin(hours, day, time);
}

function isWithin({ days, from, until }: Hours, day: Weekday, time: string): boolean {
  if (from < until) return days.includes(day) && from <= time && time < until;
  return (days.includes(day) && from <= time) || (days.includes(dayBefore(day)) && time < until);
}

function inLondon(at: Date): { day: Weekday; time: string } {
  const parts = new Map(IN_LONDON.formatToParts(at).map(({ type, value }) => [type, value]));
  const weekday = parts.get('weekday')?.toLowerCase();
  const day = WEEKDAYS.find((one) => one === weekday);
  if (!day) throw new Error('this runtime does not know the time in Europe/London');
  return { day, time: `${parts.get('hour')}:${parts.get('minute')}` };
}

const dayBefore = (day: Weekday): Weekday => WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7]!;

const NAMES: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** E.g. `on Monday, Tuesday and Friday from 08:00 until 18:00 (Europe/London)`. */
export function hoursInWords({ days, from, until }: Hours): string {
  const named = WEEKDAYS.filter((day) => days.includes(day)).map((day) => NAMES[day]);
  const list = [named.slice(0, -1).join(', '), ...named.slice(-1)].filter((words) => words !== '').join(' and ');
  const end = until < from ? `${until} on the next day` : until;
  return `on ${named.length === WEEKDAYS.length ? 'every day' : list} from ${from} until ${end} (Europe/London)`;
}

/**
 * What hours in place of others do to what may be asked: `changes` where each has minutes that the other has not. None at all
 * means at any time.
 */
export function compareHours(
  older: Hours | undefined,
  newer: Hours | undefined,
): 'same' | 'widens' | 'narrows' | 'changes' {
  // Between two of these times nothing changes.
  const times = ['00:00', ...[older, newer].flatMap((hours) => (hours ? [hours.from, hours.until] : []))];
  const moments = WEEKDAYS.flatMap((day) => times.filter((time) => time !== '24:00').map((time) => ({ day, time })));
  const may = (hours: Hours | undefined, { day, time }: (typeof moments)[number]): boolean =>
    hours === undefined || isWithin(hours, day, time);
  const wider = moments.some((moment) => may(newer, moment) && !may(older, moment));
  const narrower = moments.some((moment) => may(older, moment) && !may(newer, moment));
  if (wider && narrower) return 'changes';
  if (wider) return 'widens';
  return narrower ? 'narrows' : 'same';
}
