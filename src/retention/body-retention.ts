import type { LogEntry } from '../disclosure-log/index.js';

/**
 * How long the body of an entry is kept. Years are calendar years in UTC; `LOG_BODY_YEARS` is the operator's setting.
 *
 * - `never-erased`: nothing of a person is in it, and what agencies have agreed, or erased, is shown by it.
 * - `exchange`: the `logBodyYears` of the agreement version that the decision or outcome names, from that entry on; the longest,
 *   where they name two; `LOG_BODY_YEARS` where they name none. What else belongs to the exchange goes with it.
 * - `permission`, `statement`: from when it no longer stands, as long as an exchange may be on record that relied on it:
 *   `LOG_BODY_YEARS`, or the longest `logBodyYears` among the agreements of the agency that recorded it.
 * - `legal-hold`: `LOG_BODY_YEARS` from when it was lifted.
 * - `own-date`: `LOG_BODY_YEARS`, and not before the exchange that it is about, where there is one.
 */
export type BodyRetention = 'never-erased' | 'exchange' | 'permission' | 'statement' | 'legal-hold' | 'own-date';

/** The rule of every kind of entry: one without a rule does not compile. */
export const BODY_RETENTION: Readonly<Record<LogEntry['claims']['kind'], BodyRetention>> = {
  decision: 'exchange',
  outcome: 'exchange',
  reconciliation: 'exchange',
  'override-review-answered': 'exchange',
  'decision-not-to-share': 'own-date',
  'explanation-read': 'own-date',
  'withdrawal-acknowledged': 'own-date',
  'erasure-ordered': 'own-date',
  'disclosures-searched': 'own-date',
  'person-searched': 'own-date',
  'permissions-searched': 'own-date',
  'permission-read': 'own-date',
  'subject-access-reported': 'own-date',
  'disclosures-exported': 'own-date',
  'alert-read': 'own-date',
  'alert-investigated': 'own-date',
  'alert-closed': 'own-date',
  'permission-given': 'permission',
  'permission-refused': 'permission',
  'permission-withdrawn': 'permission',
  'statement-recorded': 'statement',
  'statement-lifted': 'statement',
  'legal-hold-placed': 'legal-hold',
  'legal-hold-lifted': 'legal-hold',
  'definitions-applied': 'never-erased',
  'bodies-erased': 'never-erased',
  'agreement-drafted': 'never-erased',
  'agreement-proposed': 'never-erased',
  'agreement-signature-asked': 'never-erased',
  'agreement-signed': 'never-erased',
  'agreement-suspended': 'never-erased',
  'agreement-resume-agreed': 'never-erased',
  'agreement-resumed': 'never-erased',
  'agreement-revoked': 'never-erased',
};

/** The kinds of entry under a rule. */
export const kindsUnder = (rule: BodyRetention): string[] =>
  Object.entries(BODY_RETENTION)
    .filter(([, one]) => one === rule)
    .map(([kind]) => kind);
