import { DisclosureLog, verifyLog, type ExchangeClaims, type ExchangeDetail } from '../../src/disclosure-log/index.js';
import { runAsOwner } from './database.js';
import type { TestGateway } from './gateway.js';

/** An entry of the disclosure log as it stands in the database. Members that its kind does not have are absent. */
export interface StoredEntry {
  readonly index: number;
  readonly kind: string;
  readonly exchangeId: string | null;
  readonly claims: ExchangeClaims & { readonly permission?: string; readonly statement?: string };
  readonly detail: ExchangeDetail;
}

/** The entries of an exchange, or of the whole log, in its order. */
export async function readLog(ownerUrl: string, exchangeId?: unknown): Promise<StoredEntry[]> {
  return await runAsOwner<StoredEntry & Record<string, unknown>>(
    ownerUrl,
    `SELECT log_index::int AS index, kind, exchange_id AS "exchangeId", claims::jsonb, detail::jsonb
     FROM log_entries JOIN log_bodies USING (log_index)
     WHERE $1::uuid IS NULL OR exchange_id = $1 ORDER BY log_index`,
    [exchangeId ?? null],
  );
}

/** What the log says became of an exchange: the kinds of its entries, and the result of each outcome. */
export async function storyOf(ownerUrl: string, exchangeId: unknown): Promise<string[]> {
  const entries = await readLog(ownerUrl, exchangeId);
  return entries.map(({ kind, claims }) => claims.outcome?.result ?? `${kind}: ${claims.decision.outcome}`);
}

/** What is wrong with a gateway's log; empty when it verifies. */
export async function logFindings({ sandbox, database }: TestGateway): Promise<readonly string[]> {
  const { key } = sandbox.gateway.app.get(DisclosureLog).verifier();
  const { findings } = await verifyLog((sql, values) => runAsOwner(database.ownerUrl, sql, values), key);
  return findings.map(({ sentence }) => sentence);
}
