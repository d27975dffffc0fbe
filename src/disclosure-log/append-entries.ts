import pg from 'pg';
import { signCheckpoint, type NoteKey } from './checkpoint.js';
import { leafHashOf, makeSalt, type EntryText } from './commitment.js';
import { textOf, type LogEntry } from './entry.js';
import type { GrowingTree, NodePosition } from './merkle-tree.js';
import { Recorded } from './recorded.js';
import { LogDamaged, loadTree, NEWEST_CHECKPOINT, type Query, type StoredCheckpoint } from './tree-state.js';

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
  { query, signer, at }: Signing & { query: Query },
): Promise<Appended> {
  const first = tree.size;
  const edge = tree.peaks();
  const { rows, nodes } = await insertEntries(entries, tree, query, at);
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
  await insertEntries([REHEARSAL], tree.copy(), query, at);
  await query('ROLLBACK TO SAVEPOINT rehearsal');
}

/** Never committed. */
const REHEARSAL: LogEntry = {
  claims: { kind: 'definitions-applied', at: new Date(0).toISOString(), revision: 0 },
  detail: { changes: [] },
};

async function insertEntries(
  entries: readonly LogEntry[],
  tree: GrowingTree,
  query: Query,
  at: Date,
): Promise<{ rows: Row[]; nodes: (NodePosition & { hash: Buffer })[] }> {
  const first = tree.size;
  const rows = entries.map((entry): Row => {
    const text = textOf(entry);
    const salt = makeSalt();
    return { entry, text, salt, leafHash: leafHashOf(text, salt) };
  });
  const nodes = rows.flatMap(({ leafHash }) => tree.add(leafHash));
  const stored = await query<StoredRow>(INSERT_ENTRIES, valuesOf(rows, nodes, first, at), 'insert_entries');
  refuseWhatWasNotWritten(rows, stored, first);
  return { rows, nodes };
}

/**
 * Appends one entry within a transaction of the caller's own, which MUST hold the lock row
 * (`SELECT 1 FROM log_lock FOR UPDATE`) and commit durably. For changes that are larger than one statement.
 * @throws LogDamaged as {@link appendEntries} does
 */
export async function appendWithin(query: Query, entry: LogEntry, signing: Signing): Promise<void> {
  const [newest] = await query<StoredCheckpoint>(NEWEST_CHECKPOINT);
  const tree = await loadTree(query, newest, signing.signer);
  await query((await appendEntries([entry], tree, { ...signing, query })).insertCheckpoint);
}

interface Row {
  readonly entry: LogEntry;
  readonly text: EntryText;
  readonly salt: Buffer;
  readonly leafHash: Buffer;
}

function valuesOf(
  rows: readonly Row[],
  nodes: readonly (NodePosition & { hash: Buffer })[],
  first: number,
  at: Date,
): unknown[] {
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
  ];
}

interface StoredRow {
  log_index: string;
  leaf_hash: Buffer;
  claims: string;
  detail: string;
  salt: Buffer;
}

const INSERT_ENTRIES = `
  WITH entries AS (
    INSERT INTO log_entries (log_index, kind, exchange_id, recorded_at, requester_agency, supplier_agency, leaf_hash)
    SELECT i, k, x, $4, r, s, h FROM unnest($1::bigint[], $2::text[], $3::uuid[], $5::text[], $6::text[], $7::bytea[]) AS t(i, k, x, r, s, h)
    RETURNING log_index, leaf_hash
  ), bodies AS (
    INSERT INTO log_bodies (log_index, claims, detail, salt)
    SELECT i, c::text, d::text, s
    FROM ROWS FROM (
      unnest($1::bigint[]), json_array_elements($8::json), json_array_elements($9::json), unnest($10::bytea[])
    ) AS t(i, c, d, s)
    RETURNING log_index, claims, detail, salt
  ), nodes AS (
    INSERT INTO log_nodes (level, node_index, hash) SELECT * FROM unnest($11::smallint[], $12::bigint[], $13::bytea[])
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
