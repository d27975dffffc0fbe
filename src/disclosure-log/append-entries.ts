import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { signCheckpoint, type NoteKey } from './tree/checkpoint.js';
import { leafHashOf, makeSalts, type EntryText } from './tree/commitment.js';
import { textOf, type LogEntry } from './entries/entry.js';
import type { GrowingTree, NodePosition } from './tree/merkle-tree.js';
import { Recorded } from './recorded.js';
import { LogDamaged, loadTree, NEWEST_CHECKPOINT, notBefore, type Query, type StoredCheckpoint } from './tree-state.js';

/** Signs, and when: a checkpoint bears the signer's name as its origin. */
export interface Signing {
  readonly signer: NoteKey;
  readonly at: Date;
}

/** Entries that were added to the tree and to the tables. They count once `insertCheckpoint` is committed with them. */
export interface Appended {
  readonly recorded: readonly Recorded[];
  /** One statement without parameters. */
  readonly insertCheckpoint: string;
}

/**
 * Adds entries to the tree and to the tables, in the transaction that `query` runs in, which MUST hold the lock row.
 * `tree` MUST be the tree as of the newest checkpoint; it grows.
 * @throws LogDamaged when what is stored is not what was written
 */
export async function appendEntries(
  entries: readonly LogEntry[],
  tree: GrowingTree,
  signing: Signing & { query: Query },
): Promise<Appended> {
  const growth = growTree(entries, tree);
  const stored = await storeGrowth(growth, signing);
  return signGrowth(growth, stored, signing);
}

/** Entries with their places in the tree, before anything is stored. */
export interface Growth {
  readonly tree: GrowingTree;
  /** Size of the tree before them. */
  readonly first: number;
  /** The tree's right edge before them. */
  readonly edge: readonly (NodePosition & { readonly hash: Buffer })[];
  readonly rows: readonly Row[];
  readonly nodes: readonly (NodePosition & { readonly hash: Buffer })[];
}

export function growTree(entries: readonly LogEntry[], tree: GrowingTree): Growth {
  const first = tree.size;
  const edge = tree.peaks();
  const salts = makeSalts(entries.length);
  const rows = entries.map((entry, place): Row => {
    const text = textOf(entry);
    const salt = salts[place]!;
    return { entry, text, salt, leafHash: leafHashOf(text, salt) };
  });
  return { tree, first, edge, rows, nodes: rows.flatMap(({ leafHash }) => tree.add(leafHash)) };
}

/**
 * Stores entries; nothing at all when the newest checkpoint is not of the tree that they are added to, or there is no
 * transaction that holds the lock row.
 */
export async function storeGrowth(growth: Growth, { query, at }: { query: Query; at: Date }): Promise<StoredRow[]> {
  return await query<StoredRow>(INSERT_ENTRIES, valuesOf(growth, at), 'insert_entries');
}

/** Signs the tree over what was stored. @throws LogDamaged when it is not what was written */
export function signGrowth(growth: Growth, stored: readonly StoredRow[], { signer, at }: Signing): Appended {
  const { tree, first, edge, rows, nodes } = growth;
  refuseWhatWasNotWritten(rows, stored, first);
  const root = tree.root();
  const note = signCheckpoint({ origin: signer.name, size: tree.size, root }, signer);
  const known = new Map([...edge, ...nodes].map((node) => [`${node.level}/${node.index}`, node.hash]));
  const lookup = ({ level, index }: NodePosition): Buffer => {
    const hash = level === 0 && index >= first ? rows[index - first]?.leafHash : known.get(`${level}/${index}`);
    if (!hash) throw new LogDamaged('a node of the tree is missing');
    return hash;
  };
  return {
    recorded: rows.map(
      ({ leafHash, text, salt }, i) => new Recorded(first + i, leafHash, text, salt, tree.size, root, note, lookup),
    ),
    insertCheckpoint: `INSERT INTO log_checkpoints (tree_size, root_hash, note, signed_at)
      VALUES (${tree.size}, '\\x${root.toString('hex')}', ${pg.escapeLiteral(note)}, '${at.toISOString()}')`,
  };
}

/**
 * Finds out whether an entry could be recorded, in the transaction that `query` runs in: adds one that says nothing, and
 * takes it back. Signs nothing.
 * @throws LogDamaged as {@link appendEntries} does
 */
export async function rehearseAppend(tree: GrowingTree, query: Query, at: Date): Promise<void> {
  await query('SAVEPOINT rehearsal');
  const growth = growTree([REHEARSAL], tree.copy());
  refuseWhatWasNotWritten(growth.rows, await storeGrowth(growth, { query, at }), growth.first);
  await query('ROLLBACK TO SAVEPOINT rehearsal');
}

/**
 * Never committed. About as long as what an exchange leaves, and not to be compressed: it finds no room on a full disk where an
 * exchange would find none.
 */
const REHEARSAL: LogEntry = {
  claims: { kind: 'definitions-applied', at: new Date(0).toISOString(), revision: 0 },
  detail: { changes: [randomBytes(1_200).toString('base64')] },
};

/**
 * Appends entries within a transaction of the caller's own, which MUST hold the lock row
 * (`SELECT 1 FROM log_lock FOR UPDATE`) and commit durably. For changes that are larger than one statement.
 * @throws LogDamaged as {@link appendEntries} does
 */
export async function appendWithin(
  query: Query,
  entries: readonly LogEntry[],
  signing: Signing,
): Promise<readonly Recorded[]> {
  const [newest] = await query<StoredCheckpoint>(NEWEST_CHECKPOINT);
  const tree = await loadTree(query, newest, signing.signer);
  const at = notBefore(newest, signing.at);
  const { recorded, insertCheckpoint } = await appendEntries(entries, tree, { ...signing, at, query });
  await query(insertCheckpoint);
  return recorded;
}

interface Row {
  readonly entry: LogEntry;
  readonly text: EntryText;
  readonly salt: Buffer;
  readonly leafHash: Buffer;
}

function valuesOf({ rows, nodes, first }: Growth, at: Date): unknown[] {
  return [
    rows.map((_, i) => first + i),
    rows.map(({ entry }) => entry.claims.kind),
    rows.map(({ entry }) => ('exchangeId' in entry.claims ? entry.claims.exchangeId : null)),
    at,
    rows.map(({ entry }) => ('requester' in entry.claims ? entry.claims.requester.agency : null)),
    rows.map(({ entry }) => ('supplier' in entry.claims ? entry.claims.supplier : null)),
    rows.map(({ leafHash }) => leafHash),
    // As JSON arrays of the texts themselves: PostgreSQL's json keeps each element's text to the letter.
    `[${rows.map(({ text }) => text.claims).join()}]`,
    `[${rows.map(({ text }) => text.detail).join()}]`,
    rows.map(({ salt }) => salt),
    nodes.map((node) => node.level),
    nodes.map((node) => node.index),
    nodes.map((node) => node.hash),
    first,
  ];
}

/** An entry as read back. */
export interface StoredRow {
  log_index: string;
  leaf_hash: Buffer;
  claims: string;
  detail: string;
  salt: Buffer;
}

const INSERT_ENTRIES = `
  WITH expected AS MATERIALIZED (
    SELECT 1
    -- Taking the lock row gave the transaction its id. Without one, each statement would be committed by itself.
    WHERE pg_current_xact_id_if_assigned() IS NOT NULL
      AND coalesce((SELECT max(tree_size) FROM log_checkpoints), 0) = $14
  ), entries AS (
    INSERT INTO log_entries (log_index, kind, exchange_id, recorded_at, requester_agency, supplier_agency, leaf_hash)
    SELECT i, k, x, $4, r, s, h FROM unnest($1::bigint[], $2::text[], $3::uuid[], $5::text[], $6::text[], $7::bytea[]) AS t(i, k, x, r, s, h)
    WHERE EXISTS (SELECT FROM expected)
    RETURNING log_index, leaf_hash
  ), bodies AS (
    INSERT INTO log_bodies (log_index, claims, detail, salt)
    SELECT i, c::text, d::text, s
    FROM ROWS FROM (
      unnest($1::bigint[]), json_array_elements($8::json), json_array_elements($9::json), unnest($10::bytea[])
    ) AS t(i, c, d, s)
    WHERE EXISTS (SELECT FROM expected)
    RETURNING log_index, claims, detail, salt
  ), nodes AS (
    INSERT INTO log_nodes (level, node_index, hash) SELECT * FROM unnest($11::smallint[], $12::bigint[], $13::bytea[])
    WHERE EXISTS (SELECT FROM expected)
  )
  SELECT e.log_index, e.leaf_hash, b.claims, b.detail, b.salt
  FROM entries e JOIN bodies b USING (log_index) ORDER BY e.log_index`;

/** INVARIANT: 7. No checkpoint is signed over an entry that, read back, differs from the bytes its leaf was made from. */
function refuseWhatWasNotWritten(rows: readonly Row[], stored: readonly StoredRow[], first: number): void {
  const same =
    stored.length === rows.length &&
    rows.every(({ leafHash, text, salt }, i) => {
      const row = stored[i];
      return (
        row !== undefined &&
        Number(row.log_index) === first + i &&
        row.leaf_hash.equals(leafHash) &&
        row.claims === text.claims &&
        row.detail === text.detail &&
        row.salt.equals(salt)
      );
    });
  if (!same) throw new LogDamaged('an entry read back differs from what was written');
}
