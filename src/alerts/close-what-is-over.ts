import { NO_LONGER_SO, type NewAlert, type Query } from './alert.js';
import { CONCLUDED } from './find-in-log.js';

/** How long an alert is kept after it was closed, days. It goes with everything that was written about it. */
const KEPT_DAYS = 365;

/**
 * Closes what is no longer so: a permit whose outcome is known now, a review that the agency has concluded or that is overdue,
 * which is an alert of its own, and an agreement that has a new end or none to come. What happened once (a budget, a day far
 * above the usual, a sample) stays until an officer closes it.
 *
 * @param expiring what {@link findExpiring} found now
 */
export async function closeWhatIsOver(query: Query, now: Date, expiring: readonly NewAlert[]): Promise<void> {
  const values = [now, NO_LONGER_SO];
  await query(OUTCOME_KNOWN, values);
  await query(REVIEW_CONCLUDED, values);
  await query(EXPIRES_NO_MORE, [...values, expiring.map(({ agency, about }) => `${agency} ${about}`)]);
}

/** Erases alerts that were closed long ago. */
export async function eraseOldAlerts(query: Query, now: Date): Promise<void> {
  await query('DELETE FROM alerts WHERE closed_at < $1 RETURNING 1', [
    new Date(now.getTime() - KEPT_DAYS * 86_400_000),
  ]);
}

const CLOSE = `UPDATE alerts SET status = 'closed', outcome = $2, closed_at = $1 WHERE status <> 'closed'`;

const OUTCOME_KNOWN = `${CLOSE} AND kind = 'decision-without-outcome' AND EXISTS (SELECT FROM log_entries
  WHERE exchange_id = about::uuid AND log_entries.kind IN ('outcome', 'reconciliation')) RETURNING 1`;

const REVIEW_CONCLUDED = `${CLOSE} AND (
    kind IN ('override-awaiting-review', 'override-review-overdue') AND ${CONCLUDED('about::uuid', 'alerts.agency')}
    OR kind = 'override-awaiting-review' AND (detail ->> 'dueAt')::timestamptz < $1) RETURNING 1`;

const EXPIRES_NO_MORE = `${CLOSE} AND kind = 'agreement-about-to-expire' AND agency || ' ' || about <> ALL ($3) RETURNING 1`;
