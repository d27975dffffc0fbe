import { COSIGNING_WAIT_MS, type Checkpoint, type Cosignature, type Query } from '../disclosure-log/index.js';
import type { ConfiguredWitness } from './witness-files.js';

/** Size of the largest tree of this log that a witness is known to have cosigned; 0 for none. */
export async function lastCosigned(query: Query, { id }: ConfiguredWitness): Promise<number> {
  // Of a tree that this log still has: cosignatures of one that was rewound stay, and count for nothing.
  const [row] = await query<{ tree_size: string }>(
    `SELECT tree_size FROM log_cosignatures JOIN log_checkpoints USING (tree_size, root_hash)
     WHERE witness = $1 ORDER BY tree_size DESC LIMIT 1`,
    [id],
  );
  return Number(row?.tree_size ?? 0);
}

/** Keeps a cosignature, which MUST be valid on that checkpoint. One that is kept already stays. */
export async function keepCosignature(
  query: Query,
  { id }: ConfiguredWitness,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  { line, at }: Cosignature,
): Promise<void> {
  await query(
    `INSERT INTO log_cosignatures (tree_size, root_hash, witness, line, cosigned_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [size, root, id, line, at],
  );
}

/** How a witness stands towards this log. */
export interface WitnessStanding {
  /** Name and key id. */
  readonly witness: string;
  readonly url: string;
  /** Size of the largest tree that it cosigned; 0 for none. */
  readonly cosignedSize: number;
  /** Size of the newest tree that it has had time to cosign; 0 for none. */
  readonly dueSize: number;
  readonly missing: boolean;
}

/**
 * How each witness stands: one is missing that has not cosigned a checkpoint that is a minute old, nor any later one. A witness
 * that fails while the log does not grow is not noticed until it does.
 */
export async function witnessStandings(
  query: Query,
  witnesses: readonly ConfiguredWitness[],
  at: Date,
): Promise<WitnessStanding[]> {
  const [due] = await query<{ tree_size: string }>(
    'SELECT tree_size FROM log_checkpoints WHERE signed_at <= $1 ORDER BY tree_size DESC LIMIT 1',
    [new Date(at.getTime() - COSIGNING_WAIT_MS)],
  );
  const dueSize = Number(due?.tree_size ?? 0);
  return await Promise.all(
    witnesses.map(async (witness) => {
      const cosignedSize = await lastCosigned(query, witness);
      return { witness: witness.id, url: witness.url, cosignedSize, dueSize, missing: cosignedSize < dueSize };
    }),
  );
}
