import { NEWEST_CHECKPOINT, type Query, type StoredCheckpoint } from './tree-state.js';

/** How long readers are given the newest cosigned checkpoint in place of a newer one, milliseconds. */
export const COSIGNING_WAIT_MS = 60_000;

/** A checkpoint as its log shows it: the log's own signature, and after it those of witnesses. */
export interface PublishedCheckpoint {
  readonly size: number;
  /** C2SP signed note. */
  readonly note: string;
  readonly cosignatures: number;
}

/**
 * The checkpoint that readers are given; `undefined` for a log without entries.
 *
 * It is the newest that at least `quorum` witnesses cosigned. When the checkpoint after that one was signed more than
 * {@link COSIGNING_WAIT_MS} ago, witnesses are missing: then it is the newest of all, with the cosignatures that it has. So a
 * reader is never left with an old checkpoint, and counts the cosignatures of the witnesses that it trusts itself.
 *
 * @param quorum 0 takes the newest
 */
export async function readPublishedCheckpoint(
  query: Query,
  quorum: number,
  at: Date,
): Promise<PublishedCheckpoint | undefined> {
  const [newest] = await query<StoredCheckpoint>(NEWEST_CHECKPOINT);
  if (!newest) return undefined;
  const [shown = newest] = quorum > 0 ? await query<StoredCheckpoint>(COSIGNED, [quorum, waitedSince(at)]) : [];
  const lines = await query<{ line: string }>(
    'SELECT line FROM log_cosignatures WHERE tree_size = $1 AND root_hash = $2 ORDER BY cosigned_at, witness',
    [shown.tree_size, shown.root_hash],
  );
  return {
    size: Number(shown.tree_size),
    note: [shown.note, ...lines.map(({ line }) => line)].join(''),
    cosignatures: lines.length,
  };
}

const waitedSince = (at: Date): Date => new Date(at.getTime() - COSIGNING_WAIT_MS);

/** The newest checkpoint with enough cosignatures, unless the one after it has waited for them too long. */
const COSIGNED = `
  SELECT tree_size, root_hash, note, signed_at FROM log_checkpoints c
  WHERE tree_size = (
      SELECT tree_size FROM log_cosignatures JOIN log_checkpoints USING (tree_size, root_hash)
      GROUP BY tree_size HAVING count(*) >= $1 ORDER BY tree_size DESC LIMIT 1
    )
    AND coalesce(
      (SELECT n.signed_at FROM log_checkpoints n WHERE n.tree_size > c.tree_size ORDER BY n.tree_size LIMIT 1) >= $2, true
    )`;
