import type { ExchangeClaims, ExchangeDetail, ReconciliationEntry } from '../disclosure-log/index.js';
import type { Query } from '../policy/index.js';
import type { ExplainedEntry } from './explanation.js';

/** An exchange as the log has it. */
export interface LoggedExchange {
  readonly decision: LoggedEntry;
  /** Absent for a refusal, and for a permit that nothing came of. */
  readonly outcome: LoggedEntry | undefined;
  readonly reconciliation: ReconciliationEntry['claims'] | undefined;
  readonly entries: readonly ExplainedEntry[];
}

export interface LoggedEntry {
  readonly claims: ExchangeClaims;
  readonly detail: ExchangeDetail;
}

interface Row {
  readonly index: number;
  readonly kind: string;
  readonly recordedAt: Date;
  readonly claims: string | null;
  readonly detail: string | null;
}

/** Look-ups are not among them: who of another agency looked is that agency's own matter. */
const KINDS = ['decision', 'outcome', 'reconciliation', 'override-review-answered'];

/**
 * Reads an exchange. INVARIANT: 8. `undefined` when there is none, and when the agency was neither its requester nor its
 * supplier: the two look the same. `erased` when there was one of theirs, and what was decided is no longer on record.
 * @param agency `null` for whoever runs the gateway
 */
export async function readExchange(
  query: Query,
  exchangeId: string,
  agency: string | null,
): Promise<LoggedExchange | 'erased' | undefined> {
  const rows = await query<Row>(ENTRIES, [exchangeId, KINDS, agency]);
  const bodyOf = (kind: string): LoggedEntry | undefined => {
    const row = rows.find((one) => one.kind === kind && one.claims !== null && one.detail !== null);
    return row && { claims: JSON.parse(row.claims!), detail: JSON.parse(row.detail!) };
  };
  const decision = bodyOf('decision');
  if (!decision) return rows.length > 0 ? 'erased' : undefined;
  return {
    decision,
    outcome: bodyOf('outcome'),
    reconciliation: bodyOf('reconciliation')?.claims as ReconciliationEntry['claims'] | undefined,
    entries: rows.map(({ index, kind, recordedAt }) => ({ index, kind, recordedAt: recordedAt.toISOString() })),
  };
}

const ENTRIES = `
  SELECT log_index::float8 AS index, kind, recorded_at AS "recordedAt", claims, detail
  FROM log_entries LEFT JOIN log_bodies USING (log_index)
  WHERE exchange_id = $1 AND kind = ANY ($2) AND EXISTS (
    SELECT FROM log_entries decision WHERE decision.exchange_id = $1 AND decision.kind = 'decision'
      AND ($3::text IS NULL OR decision.requester_agency = $3 OR decision.supplier_agency = $3))
  ORDER BY log_index`;
