import { randomUUIDv7 as uuid } from 'node:crypto';
import type { Finding, Query } from '../disclosure-log/index.js';

/** A verification of the whole log that came to its end. */
export interface FullVerification {
  readonly begunAt: Date;
  readonly endedAt: Date;
  /** Entries that the newest checkpoint signed when it began. */
  readonly treeSize: number;
  /** Entries that were there. */
  readonly entries: number;
  /** Signed checkpoints that were held against the tree. */
  readonly checkpoints: number;
  /** Empty when the log is whole. */
  readonly findings: readonly KeptFinding[];
}

/** INVARIANT: 1. A kind of a closed list, and places in the log: a sentence could repeat what somebody put into the log. */
export type KeptFinding = Omit<Finding, 'sentence'>;

export const keptOf = ({ kind, entries, treeSize }: Finding): KeptFinding => ({
  kind,
  ...(entries && { entries }),
  ...(treeSize !== undefined && { treeSize }),
});

/** Keeps one, for good. */
export async function keepVerification(query: Query, of: FullVerification): Promise<void> {
  const { begunAt, endedAt, treeSize, entries, checkpoints, findings } = of;
  await query(
    `INSERT INTO log_verifications (id, begun_at, ended_at, tree_size, entries, checkpoints, findings)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [uuid(), begunAt, endedAt, treeSize, entries, checkpoints, JSON.stringify(findings)],
  );
}

/** The newest first. */
export async function readVerifications(query: Query, most: number): Promise<FullVerification[]> {
  return await query<FullVerification & Record<string, unknown>>(
    `SELECT begun_at AS "begunAt", ended_at AS "endedAt", tree_size::float8 AS "treeSize", entries::float8 AS entries,
       checkpoints::float8 AS checkpoints, findings
     FROM log_verifications ORDER BY begun_at DESC LIMIT $1`,
    [most],
  );
}

/** When the last one began, or the log where there was none yet; `undefined` for a log without entries. */
export async function lastBegan(query: Query): Promise<Date | undefined> {
  const [row] = await query<{ began: Date | null }>(
    `SELECT coalesce((SELECT max(begun_at) FROM log_verifications),
       (SELECT signed_at FROM log_checkpoints ORDER BY tree_size LIMIT 1)) AS began`,
  );
  return row?.began ?? undefined;
}
