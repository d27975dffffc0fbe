import type { Fault } from './page.js';

const HOUR = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: 'Europe/London' });

/**
 * The first instant of a day on the clocks of the United Kingdom, of `2026-11-22`; `undefined` for what is no day of the
 * calendar. Clocks there are set at 01:00 UTC, so at midnight UTC they show the hour by which the day began earlier.
 */
export function startOfUkDay(day: string): Date | undefined {
  const midnight = new Date(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(midnight.getTime())) return undefined;
  if (midnight.toISOString().slice(0, 10) !== day) return undefined;
  return new Date(midnight.getTime() - Number(HOUR.format(midnight)) * 3_600_000);
}

/** The first instant after a day: the beginning of the next. */
export function endOfUkDay(day: string): Date | undefined {
  if (!startOfUkDay(day)) return undefined;
  return startOfUkDay(new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000).toISOString().slice(0, 10));
}

/** A time from one day until another, both included, of a form whose fields are `from` and `to`; either may be empty. */
export function readUkDays({ from = '', to = '' }: { readonly from?: string; readonly to?: string }): UkDays {
  const [begins, ends] = [startOfUkDay(from), endOfUkDay(to)];
  const faults = [
    ...(from !== '' && !begins ? [{ field: 'from', text: 'Enter the first day as a date, such as 2026-11-22' }] : []),
    ...(to !== '' && !ends ? [{ field: 'to', text: 'Enter the last day as a date, such as 2026-11-22' }] : []),
    ...(begins && ends && begins >= ends ? [{ field: 'to', text: 'The last day must not be before the first' }] : []),
  ];
  return { faults, ...(begins && { from: begins }), ...(ends && { to: ends }) };
}

export interface UkDays {
  readonly faults: readonly Fault[];
  readonly from?: Date;
  /** The first instant that is no longer in it. */
  readonly to?: Date;
}
