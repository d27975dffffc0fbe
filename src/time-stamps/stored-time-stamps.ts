import { openCheckpoint, type NoteKey, type Query } from '../disclosure-log/index.js';
import type { TimeStampingAuthority } from './authorities-file.js';
import { TimeStampFault, verifyTimeStamp } from './time-stamp-token.js';

/** A time-stamp over a checkpoint of this log. */
export interface StoredTimeStamp {
  readonly size: number;
  /** Name of the authority in the settings. */
  readonly authority: string;
  /** What was stamped: the checkpoint, as the log signed it (C2SP signed note). */
  readonly note: string;
  /** TimeStampToken (RFC 3161), DER. */
  readonly token: Buffer;
  /** As the authority says. */
  readonly stampedAt: Date;
  /** Whether the log still has that checkpoint. */
  readonly inLog: boolean;
}

/** Every time-stamp, by size and authority. Verifies none. */
export async function storedTimeStamps(query: Query): Promise<StoredTimeStamp[]> {
  const rows = await query<{
    tree_size: string;
    authority: string;
    note: string;
    token: Buffer;
    stamped_at: Date;
    in_log: boolean;
  }>(
    `SELECT tree_size, authority, s.note, token, stamped_at, c.note IS NOT NULL AS in_log
     FROM log_time_stamps s LEFT JOIN log_checkpoints c USING (tree_size, root_hash)
     ORDER BY tree_size, stamped_at, authority`,
  );
  return rows.map((row) => ({
    size: Number(row.tree_size),
    authority: row.authority,
    note: row.note,
    token: row.token,
    stampedAt: row.stamped_at,
    inLog: row.in_log,
  }));
}

/** What is wrong with a stored time-stamp, fixed in code; `undefined` when it holds. */
export async function findTimeStampFault(
  { size, authority, note, token, stampedAt, inLog }: StoredTimeStamp,
  log: NoteKey,
  authorities: readonly TimeStampingAuthority[],
): Promise<string | undefined> {
  const trusted = authorities.find(({ id }) => id === authority)?.trusted;
  if (!trusted) return 'unknown-authority';
  if (openCheckpoint(note, log)?.size !== size) return 'not-a-checkpoint-of-this-log';
  try {
    const at = await verifyTimeStamp(token, Buffer.from(note), trusted);
    if (at.getTime() !== stampedAt.getTime()) return 'another-time';
  } catch (error) {
    if (error instanceof TimeStampFault) return error.code;
    throw error;
  }
  return inLog ? undefined : 'no-longer-in-the-log';
}

/** How a time-stamping authority stands towards this log. */
export interface AuthorityStanding {
  readonly authority: string;
  /** Size of the largest tree that it stamped; 0 for none. */
  readonly stampedSize: number;
  /** Size of the newest tree that it has had time to stamp: one that is older than two intervals; 0 for none. */
  readonly dueSize: number;
  readonly missing: boolean;
}

export async function authorityStandings(
  query: Query,
  authorities: readonly TimeStampingAuthority[],
  intervalMs: number,
  at: Date,
): Promise<AuthorityStanding[]> {
  const [due] = await query<{ tree_size: string }>(
    'SELECT tree_size FROM log_checkpoints WHERE signed_at <= $1 ORDER BY tree_size DESC LIMIT 1',
    [new Date(at.getTime() - 2 * intervalMs)],
  );
  const dueSize = Number(due?.tree_size ?? 0);
  return await Promise.all(
    authorities.map(async ({ id }) => {
      const stampedSize = (await lastStamped(query, id))?.size ?? 0;
      return { authority: id, stampedSize, dueSize, missing: stampedSize < dueSize };
    }),
  );
}

/** The largest tree of this log that an authority stamped, and when it was asked to. */
export async function lastStamped(
  query: Query,
  authority: string,
): Promise<{ readonly size: number; readonly askedAt: Date } | undefined> {
  // Of a tree that this log still has: time-stamps of one that was rewound stay, and count for nothing here.
  const [row] = await query<{ tree_size: string; asked_at: Date }>(
    `SELECT tree_size, asked_at FROM log_time_stamps JOIN log_checkpoints USING (tree_size, root_hash)
     WHERE authority = $1 ORDER BY tree_size DESC LIMIT 1`,
    [authority],
  );
  return row && { size: Number(row.tree_size), askedAt: row.asked_at };
}
