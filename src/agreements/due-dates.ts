import type { Agreement } from './agreement.js';

/** Days before a date from which a warning says more urgently that it comes. */
export const WARNING_DAYS = [60, 30, 7] as const;

/** A day by which something has to be done about an agreement. */
export interface DueDate {
  /** Id of the agreement. */
  readonly agreement: string;
  readonly version: number;
  /** `review`: the day by which it is reviewed. `end`: the last day on which it binds. */
  readonly date: 'review' | 'end';
  /** `YYYY-MM-DD`. */
  readonly on: string;
  /** 0 on the day itself; negative after it. */
  readonly daysLeft: number;
}

/**
 * The dates of agreements that come within so many days, or have passed, the nearest first. A review is due until it is done
 * in a new version, or the agreement has ended; an end that passed is told of for as many days as one that comes.
 *
 * @param agreements the newest version of each
 * @param today day in UTC, `YYYY-MM-DD`
 */
export function findDueDates(
  agreements: Iterable<Pick<Agreement, 'id' | 'version' | 'reviewOn' | 'endsOn'>>,
  today: string,
  within: number = WARNING_DAYS[0],
): DueDate[] {
  const found: DueDate[] = [];
  for (const { id: agreement, version, reviewOn, endsOn } of agreements) {
    const [review, end] = [daysBetween(today, reviewOn), daysBetween(today, endsOn)];
    if (review <= within && end >= 0)
      found.push({ agreement, version, date: 'review', on: reviewOn, daysLeft: review });
    if (Math.abs(end) <= within) found.push({ agreement, version, date: 'end', on: endsOn, daysLeft: end });
  }
  return found.toSorted((a, b) => a.daysLeft - b.daysLeft || (a.agreement < b.agreement ? -1 : 1));
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
