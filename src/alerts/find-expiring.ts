import { findDueDates, WARNING_DAYS } from '../agreements/index.js';
import type { Register } from '../definitions/index.js';
import type { NewAlert } from './alert.js';

/** Agreements whose last day is near: each party is told 60, 30 and 7 days before. @param today in UTC, `YYYY-MM-DD` */
export function findExpiring(register: Register, today: string): NewAlert[] {
  const standing = register.agreements().filter(({ halted }) => halted !== 'revoked');
  const dates = findDueDates(
    standing.map(({ agreement }) => agreement),
    today,
  );
  return dates
    .filter(({ date, daysLeft }) => date === 'end' && daysLeft >= 0)
    .flatMap(({ agreement, version, on, daysLeft }) => {
      const withinDays = WARNING_DAYS.findLast((days) => daysLeft <= days)!;
      const parties = register.agreement(agreement)?.parties ?? [];
      return parties.map((agency): NewAlert => ({
        kind: 'agreement-about-to-expire',
        agency,
        about: `${agreement} ${version} ${on} ${withinDays}`,
        detail: { agreement, version, endsOn: on, withinDays },
      }));
    });
}
