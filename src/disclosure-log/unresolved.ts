import type { Query } from './tree-state.js';

/** A permit on record of which nobody recorded what became of it: the gateway was stopped in between. */
export interface UnresolvedExchange {
  readonly exchangeId: string;
  readonly logIndex: number;
  readonly recordedAt: Date;
  readonly requester: string;
  readonly supplier: string | null;
}

/**
 * Permits without an outcome, oldest first. Nothing was released on any of them: an answer goes out only after its outcome
 * is recorded. Exchanges that are under way right now are among them.
 */
export async function findUnresolved(query: Query): Promise<UnresolvedExchange[]> {
  return await query<UnresolvedExchange & Record<string, unknown>>(
    `SELECT decision.exchange_id AS "exchangeId", decision.log_index::float8 AS "logIndex", decision.recorded_at AS "recordedAt",
       decision.requester_agency AS requester, decision.supplier_agency AS supplier
     FROM log_entries decision JOIN log_bodies body USING (log_index)
     WHERE decision.kind = 'decision'
       AND body.claims::jsonb #>> '{decision,outcome}' <> 'deny'
       AND NOT EXISTS (
         SELECT 1 FROM log_entries later
         WHERE later.exchange_id = decision.exchange_id AND later.kind IN ('outcome', 'reconciliation'))
     ORDER BY decision.log_index`,
  );
}

/** How far back an agency's are looked for, entries of the log: further back is for `gatehouse log unresolved`. */
export const UNRESOLVED_WITHIN = 20_000;

/**
 * Those among the newest {@link UNRESOLVED_WITHIN} entries in which the agency is requester or supplier (INVARIANT: 8), and
 * which were recorded before `before`, so that what is under way is not among them. Oldest first.
 */
export async function findUnresolvedOf(query: Query, agency: string, before: Date): Promise<UnresolvedExchange[]> {
  return await query<UnresolvedExchange & Record<string, unknown>>(
    `SELECT decision.exchange_id AS "exchangeId", decision.log_index::float8 AS "logIndex", decision.recorded_at AS "recordedAt",
       decision.requester_agency AS requester, decision.supplier_agency AS supplier
     FROM log_entries decision JOIN log_bodies body USING (log_index)
     WHERE decision.log_index > (SELECT coalesce(max(log_index), 0) FROM log_entries) - $3::bigint
       AND decision.kind = 'decision' AND decision.recorded_at < $2
       AND (decision.requester_agency = $1 OR decision.supplier_agency = $1)
       AND body.claims::jsonb #>> '{decision,outcome}' <> 'deny'
       AND NOT EXISTS (
         SELECT 1 FROM log_entries later
         WHERE later.exchange_id = decision.exchange_id AND later.kind IN ('outcome', 'reconciliation'))
     ORDER BY decision.log_index`,
    [agency, before, UNRESOLVED_WITHIN],
  );
}
