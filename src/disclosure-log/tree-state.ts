import type { QueryResultRow } from 'pg';
import { openCheckpoint, type NoteKey } from './tree/checkpoint.js';
import { GrowingTree, peaksOf, type NodePosition } from './tree/merkle-tree.js';

/** The log in the database contradicts itself or its signed checkpoints. Nothing more is signed. */
export class LogDamaged extends Error {
  override readonly name = 'LogDamaged';
}

/** Runs one statement. One that has a `name` comes again and again with the same text, and may be prepared. */
export type Query = <Row extends QueryResultRow>(sql: string, values?: unknown[], name?: string) => Promise<Row[]>;

export const NEWEST_CHECKPOINT =
  'SELECT tree_size, root_hash, note, signed_at FROM log_checkpoints ORDER BY tree_size DESC LIMIT 1';

export const INSERT_CHECKPOINT =
  'INSERT INTO log_checkpoints (tree_size, root_hash, note, signed_at) VALUES ($1, $2, $3, $4)';

/**
 * The tree as of the newest checkpoint, rebuilt from its stored nodes and held against that checkpoint.
 * @throws LogDamaged when the checkpoint is not this log's, or the nodes do not have its root
 */
export async function loadTree(query: Query, newest: StoredCheckpoint | undefined, key: NoteKey): Promise<GrowingTree> {
  if (!newest) return new GrowingTree(0, []);
  const size = Number(newest.tree_size);
  const signed = openCheckpoint(newest.note, key);
  if (!signed || signed.size !== size || !signed.root.equals(newest.root_hash)) {
    throw new LogDamaged('the newest checkpoint is not one that this log signed');
  }
  const tree = new GrowingTree(size, await readNodes(query, peaksOf(size)));
  if (!tree.root().equals(signed.root)) throw new LogDamaged('the stored nodes do not have the root that was signed');
  return tree;
}

export interface StoredCheckpoint {
  readonly tree_size: string;
  readonly root_hash: Buffer;
  readonly note: string;
  readonly signed_at: Date;
}

/** The later of an instant and the newest checkpoint's: a clock may be set back, the log is not. */
export const notBefore = (newest: StoredCheckpoint | undefined, at: Date): Date =>
  newest && newest.signed_at > at ? newest.signed_at : at;

/** Reads the hashes at these positions, in their order. @throws LogDamaged when one is missing */
export async function readNodes(query: Query, positions: readonly NodePosition[]): Promise<Buffer[]> {
  const rows = await query<{ place: string; hash: Buffer | null }>(
    `SELECT p.place, coalesce(n.hash, e.leaf_hash) AS hash
     FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY AS p(level, node_index, place)
     LEFT JOIN log_nodes n ON p.level > 0 AND n.level = p.level AND n.node_index = p.node_index
     LEFT JOIN log_entries e ON p.level = 0 AND e.log_index = p.node_index
     ORDER BY p.place`,
    [positions.map((node) => node.level), positions.map((node) => node.index)],
  );
  return rows.map(({ hash }) => {
    if (!hash) throw new LogDamaged('a node of the tree is missing');
    return hash;
  });
}
