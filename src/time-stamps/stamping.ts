import type { Clock } from '../config/index.js';
import { postBytes, SupplierFault } from '../connectors/index.js';
import { readCheckpoint, type Query } from '../disclosure-log/index.js';
import type { LogReader } from '../disclosure-log/disclosure-log.module.js';
import type { TimeStampingAuthority } from './authorities-file.js';
import { lastStamped } from './stored-time-stamps.js';
import { askForTimeStamp, TimeStampFault, tokenOf, verifyTimeStamp } from './time-stamp-token.js';

/** For one answer, milliseconds, and its longest, bytes: a token with the certificates of its chain. */
const DEADLINE_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;

export interface StampingParts {
  readonly reader: Pick<LogReader, 'checkpoint'>;
  readonly query: Query;
  readonly clock: Clock;
  /** Shortest time between two time-stamps of one authority. */
  readonly intervalMs: number;
}

/**
 * Has the newest checkpoint time-stamped by an authority where one is due, verifies the answer, and keeps the token.
 * @returns false when none is due: the log has not grown, or the last one is not an interval old
 * @throws TimeStampFault or SupplierFault; whatever reading and keeping throws
 */
export async function haveStamped(
  { id, url, trusted }: TimeStampingAuthority,
  { reader, query, clock, intervalMs }: StampingParts,
  signal: AbortSignal,
): Promise<boolean> {
  const last = await lastStamped(query, id);
  const askedAt = clock.now();
  if (last && askedAt.getTime() - last.askedAt.getTime() < intervalMs) return false;
  const newest = await reader.checkpoint();
  if (!newest || newest.size <= (last?.size ?? 0)) return false;
  const stamped = Buffer.from(newest.note);
  const { request, nonce } = askForTimeStamp(stamped);
  const { status, body } = await postBytes({
    url,
    contentType: 'application/timestamp-query',
    body: request,
    deadlineMs: DEADLINE_MS,
    limit: MAX_ANSWER_BYTES,
    signal,
  });
  if (status !== 200) throw new SupplierFault(status >= 500 ? 'unavailable' : 'refused', `status ${status}`);
  const token = tokenOf(body);
  const stampedAt = await verifyTimeStamp(token, stamped, trusted, nonce);
  await query(
    `INSERT INTO log_time_stamps (tree_size, root_hash, authority, note, token, stamped_at, asked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [newest.size, readCheckpoint(newest.note)!.root, id, newest.note, token, stampedAt, askedAt],
  );
  return true;
}

/** A word, fixed in code, for why there is no time-stamp. */
export const stampingFault = (error: unknown): string =>
  error instanceof TimeStampFault || error instanceof SupplierFault ? error.code : 'failed';
