import { randomBytes } from 'node:crypto';
import { signCheckpoint, type NoteKey } from './tree/checkpoint.js';
import { leafHashOf, makeSalts, SALT_BYTES, type EntryText } from './tree/commitment.js';
import { textOf, type LogEntry } from './entries/entry.js';
import type { GrowingTree, NodePosition } from './tree/merkle-tree.js';
import { Recorded } from './recorded.js';
import {
  INSERT_CHECKPOINT,
  LogDamaged,
  loadTree,
  NEWEST_CHECKPOINT,
  notBefore,
  type Query,
  type StoredCheckpoint,
} from './tree-state.js';

/** Signs, and when: a checkpoint bears the signer's name as its origin. */
export interface Signing {
  readonly signer: NoteKey;
  readonly at: Date;
}

/** Entries that were added to the tree and to the tables. They count once the checkpoint is committed with them. */
export interface Appended {
  readonly recorded: readonly Recorded[];
  /** Parameters of {@link INSERT_CHECKPOINT}. */
  readonly checkpoint: readonly [treeSize: number, rootHash: Buffer, note: string, signedAt: Date];
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
    checkpoint: [tree.size, root, note, at],
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
  const { recorded, checkpoint } = await appendEntries(entries, tree, { ...signing, at, query });
  await query(INSERT_CHECKPOINT, [...checkpoint]);
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
    rows.map(({ text }) => text.claims).join(BETWEEN_TEXTS),
    rows.map(({ text }) => text.detail).join(BETWEEN_TEXTS),
    rows.map(({ salt }) => salt),
    nodes.map((node) => node.level),
    nodes.map((node) => node.index),
    nodes.map((node) => node.hash),
    first,
    BETWEEN_TEXTS,
  ];
}

/** Stands in no text of an entry: RFC 8785 section 3.2.2.2 writes control characters as escapes. */
const BETWEEN_TEXTS = '\u001e';

/** An entry as PostgreSQL has it. */
export interface StoredRow {
  readonly log_index: string;
  readonly leaf_hash: Buffer;
  readonly leaf_of_body: Buffer;
}

/** `leafHashOf` what is stored, computed where it is stored, lest every body is sent back. */
const LEAF_OF_BODY = `sha256('\\x00' || sha256(
  substr(salt, 1, ${SALT_BYTES / 2}) || sha256(convert_to(claims, 'UTF8'))
    || sha256(substr(salt, ${SALT_BYTES / 2 + 1}) || convert_to(detail, 'UTF8'))))`;

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
    SELECT i, c, d, s
    FROM ROWS FROM (
      unnest($1::bigint[]), unnest(string_to_array($8, $15)), unnest(string_to_array($9, $15)), unnest($10::bytea[])
    ) AS t(i, c, d, s)
    WHERE EXISTS (SELECT FROM expected)
    RETURNING log_index, ${LEAF_OF_BODY} AS leaf_of_body
  ), nodes AS (
    INSERT INTO log_nodes (level, node_index, hash) SELECT * FROM unnest($11::smallint[], $12::bigint[], $13::bytea[])
    WHERE EXISTS (SELECT FROM expected)
  )
  SELECT e.log_index, e.leaf_hash, b.leaf_of_body
  FROM entries e JOIN bodies b USING (log_index) ORDER BY e.log_index`;

/** INVARIANT: 7. No checkpoint is signed over an entry that, read back, differs from the bytes its leaf was made from. */
function refuseWhatWasNotWritten(rows: readonly Row[], stored: readonly StoredRow[], first: number): void {
  const same =
    stored.length === rows.length &&
    rows.every(({ leafHash }, i) => {
      const row = stored[i];
      return (
        row !== undefined &&
        Number(row.log_index) === first + i &&
        row.leaf_hash.equals(leafHash) &&
        row.leaf_of_body.equals(leafHash)
      );
    });
  if (!same) throw new LogDamaged('an entry read back differs from what was written');
}
