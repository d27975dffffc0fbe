import type { KeyObject } from 'node:crypto';
import pg from 'pg';
import {
  findUnresolved,
  verifyLog,
  type ExchangeClaims,
  type UnresolvedExchange,
  type Verification,
} from '../../src/disclosure-log/index.js';
import { runAsOwner } from './database.js';

/** An entry as it stands in the database. */
export interface RecordedEntry {
  readonly index: number;
  readonly kind: string;
  readonly leafHash: Buffer;
  /** As written: RFC 8785 text. */
  readonly text: string;
  readonly claims: ExchangeClaims;
}

/** The disclosure log behind the gateway's back: what is in the database, as its owner sees it. */
export interface LogRecords {
  /** Of one exchange, in order. */
  of(exchangeId: unknown): Promise<RecordedEntry[]>;
  all(): Promise<(RecordedEntry & { readonly exchangeId: string | null })[]>;
  count(): Promise<number>;
  /** @param kept checkpoints that somebody kept, e.g. of receipts */
  verify(kept?: readonly string[]): Promise<Verification>;
  unresolved(): Promise<UnresolvedExchange[]>;
}

const COLUMNS = `log_index::float8 AS index, kind, exchange_id AS "exchangeId", leaf_hash AS "leafHash", claims AS text,
  claims::jsonb AS claims FROM log_entries JOIN log_bodies USING (log_index)`;

export function recordsOf(ownerUrl: string, signer: { name: string; key: KeyObject }): LogRecords {
  const query = <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> =>
    runAsOwner<Row>(ownerUrl, sql, values);
  return {
    of: (exchangeId) => query(`SELECT ${COLUMNS} WHERE exchange_id = $1 ORDER BY log_index`, [exchangeId]),
    all: () => query(`SELECT ${COLUMNS} ORDER BY log_index`),
    count: async () => (await query<{ n: number }>('SELECT count(*)::int AS n FROM log_entries'))[0]?.n ?? 0,
    verify: (kept) => verifyLog(query, signer, kept),
    unresolved: () => findUnresolved(query),
  };
}
