import pg from 'pg';
import { leafHashOf, makeSalt } from './commitment.js';
import { signCheckpoint, type NoteKey } from './checkpoint.js';
import { textOf, type LogEntry } from './entry.js';
import type { LogConnection } from './log-connection.js';
import type { GrowingTree, NodePosition } from './merkle-tree.js';
import { Recorded } from './recorded.js';
import { LogDamaged, loadTree, type Query, type StoredCheckpoint } from './tree-state.js';

/** What must still be true, under the log's lock, for an entry to be recorded. */
export interface Conditions {
  /** The register's revision that the decision was made on. */
  readonly registerRevision?: number;
  /** Permissions (UUIDs) that the exchange relies on: given, valid now, and not withdrawn. */
  readonly permissions?: readonly string[];
}

/** An entry on its way into the log. */
export interface Submission {
  readonly entry: LogEntry;
  readonly conditions: Conditions;
  readonly change?: Change;
}

/**
 * One statement of the same transaction, for what must be true together with the entry. It runs under the lock; when it
 * changes no row, the entry is not recorded either. MUST NOT fail on a conflict (`ON CONFLICT DO NOTHING`).
 */
export interface Change {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Why an entry was not recorded although the log is well. */
export type Staleness = 'register-changed' | 'permission-withdrawn' | 'nothing-changed';

/** What became of each submission, in order. `tree` is the tree after the batch. */
export interface WrittenBatch {
  readonly results: readonly (Recorded | Staleness)[];
  readonly tree: GrowingTree;
  /** Of the exchanges asked about: those whose record is in the log. */
  readonly found: readonly FoundRecord[];
}

export interface FoundRecord {
  readonly exchangeId: string;
  readonly kind: string;
}

export interface BatchContext {
  readonly connection: LogConnection;
  readonly signer: NoteKey;
  readonly origin: string;
  readonly at: Date;
  /** The tree as this replica last saw it; loaded anew when another replica has appended since. */
  readonly known: GrowingTree | undefined;
  /** Exchanges whose record was not confirmed earlier. */
  readonly unconfirmed: readonly string[];
  /** Entries to add for those that are found in the log after all. */
  reconcile(found: readonly FoundRecord[]): LogEntry[];
  /** Called immediately before COMMIT is sent: from here the outcome is unknown until it is confirmed. */
  committing(): void;
}

/**
 * Writes a batch of entries in one transaction (group commit), under the lock row that orders every replica's appends.
 * INVARIANT: 6. Conditions are read after the lock is held and a withdrawal takes the same lock, so an entry that relies
 * on a permission stands before its withdrawal in the log, or is not recorded.
 *
 * @throws LogDamaged when what is stored is not what was written; whatever pg throws. In both cases nothing is recorded,
 *   unless `committing` was called: then nobody knows yet.
 */
export async function writeBatch(submissions: readonly Submission[], context: BatchContext): Promise<WrittenBatch> {
  const { connection } = context;
  connection.beginWork();
  const state = await lockAndRead(submissions, context);
  const tree = (await currentTree(state.newest, context)).copy();
  const accepted: LogEntry[] = context.reconcile(state.found);
  /** By submission: its place among the accepted, or why it is none. */
  const verdicts = new Map<Submission, number | Staleness>();
  for (const submission of changesLast(submissions)) {
    const { entry, conditions, change } = submission;
    const stale = staleness(conditions, state) ?? (await applied(change, connection));
    verdicts.set(submission, stale ?? accepted.push(entry) - 1);
  }
  const resultsFrom = (entries: readonly Recorded[]): (Recorded | Staleness)[] =>
    submissions.map((submission) => {
      const verdict = verdicts.get(submission)!;
      return typeof verdict === 'number' ? entries[verdict]! : verdict;
    });
  if (accepted.length === 0) {
    // Committed all the same: the lock was a write, so this finds out whether a commit is confirmed.
    await connection.commit('SELECT');
    return { results: resultsFrom([]), tree, found: state.found };
  }
  const recorded = await append(accepted, tree, { ...context, query: (sql, values) => connection.query(sql, values) });
  const { root, note, size } = recorded;
  context.committing();
  await connection.commit(insertCheckpoint(size, root, note, context.at));
  return { results: resultsFrom(recorded.entries), tree, found: state.found };
}

/**
 * INVARIANT: 6. Conditions are read once for the batch. An entry that relies on a permission must not come after the
 * withdrawal of it that goes in the same batch, so whatever changes something comes after whatever changes nothing.
 */
const changesLast = (submissions: readonly Submission[]): Submission[] =>
  submissions.toSorted((one, other) => Number(one.change !== undefined) - Number(other.change !== undefined));

interface LockedState {
  readonly newest: StoredCheckpoint | undefined;
  readonly revision: number;
  readonly withdrawn: ReadonlySet<string>;
  readonly found: readonly FoundRecord[];
}

/** One round trip: begins, takes the lock, then reads (each statement sees all that was committed before the lock was had). */
async function lockAndRead(submissions: readonly Submission[], context: BatchContext): Promise<LockedState> {
  const permissions = [...new Set(submissions.flatMap(({ conditions }) => conditions.permissions ?? []))];
  const results = await context.connection.statements(
    [
      'BEGIN',
      'SELECT 1 FROM log_lock FOR UPDATE',
      NEWEST_CHECKPOINT,
      'SELECT revision FROM register_revision',
      permissions.length > 0
        ? `SELECT id FROM permissions WHERE id IN (${uuids(permissions)}) AND withdrawn_at IS NULL
           AND valid_from <= '${context.at.toISOString()}' AND valid_until > '${context.at.toISOString()}'`
        : 'SELECT',
      context.unconfirmed.length > 0
        ? `SELECT DISTINCT exchange_id AS "exchangeId", kind FROM log_entries WHERE exchange_id IN (${uuids(context.unconfirmed)})`
        : 'SELECT',
    ].join('; '),
  );
  const rows = <Row>(place: number): Row[] => (results[place]?.rows ?? []) as Row[];
  const standing = new Set(permissions.length > 0 ? rows<{ id: string }>(4).map((row) => row.id) : []);
  return {
    newest: rows<StoredCheckpoint>(2)[0],
    revision: Number(rows<{ revision: string }>(3)[0]?.revision),
    withdrawn: new Set(permissions.filter((id) => !standing.has(id))),
    found: context.unconfirmed.length > 0 ? rows<FoundRecord>(5) : [],
  };
}

function staleness({ registerRevision, permissions }: Conditions, state: LockedState): Staleness | undefined {
  if (permissions?.some((id) => state.withdrawn.has(id))) return 'permission-withdrawn';
  if (registerRevision !== undefined && registerRevision !== state.revision) return 'register-changed';
  return undefined;
}

async function applied(change: Change | undefined, connection: LogConnection): Promise<Staleness | undefined> {
  if (!change) return undefined;
  const rows = await connection.query(`${change.sql} RETURNING 1`, [...change.values]);
  return rows.length === 0 ? 'nothing-changed' : undefined;
}

async function currentTree(newest: StoredCheckpoint | undefined, context: BatchContext): Promise<GrowingTree> {
  const { known, connection, signer } = context;
  if (known && known.size === Number(newest?.tree_size ?? 0)) {
    // INVARIANT: 7. What this replica built and what the database holds are compared each time.
    if (newest && !known.root().equals(newest.root_hash)) throw new LogDamaged('the newest checkpoint was changed');
    return known;
  }
  if (known && known.size > Number(newest?.tree_size ?? 0)) throw new LogDamaged('the log has lost entries');
  return await loadTree((sql, values) => connection.query(sql, values), newest, signer);
}

/**
 * Appends one entry within a transaction of the caller's own, which MUST hold the lock row
 * (`SELECT 1 FROM log_lock FOR UPDATE`) and commit durably. For changes that are larger than one statement.
 * @throws LogDamaged as {@link writeBatch} does
 */
export async function appendWithin(
  query: Query,
  entry: LogEntry,
  signing: { signer: NoteKey; at: Date },
): Promise<void> {
  const [newest] = await query<StoredCheckpoint>(NEWEST_CHECKPOINT);
  const tree = await loadTree(query, newest, signing.signer);
  const { size, root, note } = await append([entry], tree, { query, origin: signing.signer.name, ...signing });
  await query(insertCheckpoint(size, root, note, signing.at));
}

const NEWEST_CHECKPOINT = 'SELECT tree_size, root_hash, note FROM log_checkpoints ORDER BY tree_size DESC LIMIT 1';

const insertCheckpoint = (size: number, root: Buffer, note: string, at: Date): string =>
  `INSERT INTO log_checkpoints (tree_size, root_hash, note, signed_at)
   VALUES (${size}, '\\x${root.toString('hex')}', ${pg.escapeLiteral(note)}, '${at.toISOString()}')`;

async function append(
  entries: readonly LogEntry[],
  tree: GrowingTree,
  { query, signer, origin, at }: { query: Query; signer: NoteKey; origin: string; at: Date },
): Promise<{ entries: Recorded[]; size: number; root: Buffer; note: string }> {
  const first = tree.size;
  const edge = tree.peaks();
  const rows = entries.map((entry) => {
    const text = textOf(entry);
    const salt = makeSalt();
    return { entry, text, salt, leafHash: leafHashOf(text, salt) };
  });
  const nodes = rows.flatMap(({ leafHash }) => tree.add(leafHash));
  const stored = await query<StoredRow>(INSERT_BATCH, [
    rows.map((_, i) => first + i),
    rows.map(({ entry }) => entry.claims.kind),
    rows.map(({ entry }) => ('exchangeId' in entry.claims ? entry.claims.exchangeId : null)),
    at,
    rows.map(({ entry }) => ('requester' in entry.claims ? entry.claims.requester.agency : null)),
    rows.map(({ entry }) => ('supplier' in entry.claims ? entry.claims.supplier : null)),
    rows.map(({ leafHash }) => leafHash),
    rows.map(({ text }) => text.claims),
    rows.map(({ text }) => text.detail),
    rows.map(({ salt }) => salt),
    nodes.map((node) => node.level),
    nodes.map((node) => node.index),
    nodes.map((node) => node.hash),
  ]);
  refuseWhatWasNotWritten(rows, stored, first);
  const root = tree.root();
  const note = signCheckpoint({ origin, size: tree.size, root }, signer);
  const known = new Map([...edge, ...nodes].map((node) => [`${node.level}/${node.index}`, node.hash]));
  const lookup = ({ level, index }: NodePosition): Buffer => {
    const hash = level === 0 && index >= first ? rows[index - first]?.leafHash : known.get(`${level}/${index}`);
    if (!hash) throw new LogDamaged('a node of the tree is missing');
    return hash;
  };
  return {
    entries: rows.map(
      (row, i) => new Recorded(first + i, row.leafHash, row.text, row.salt, tree.size, root, note, lookup),
    ),
    size: tree.size,
    root,
    note,
  };
}

interface StoredRow {
  log_index: string;
  leaf_hash: Buffer;
  claims: string;
  detail: string;
  salt: Buffer;
}

const INSERT_BATCH = `
  WITH entries AS (
    INSERT INTO log_entries (log_index, kind, exchange_id, recorded_at, requester_agency, supplier_agency, leaf_hash)
    SELECT i, k, x, $4, r, s, h FROM unnest($1::bigint[], $2::text[], $3::uuid[], $5::text[], $6::text[], $7::bytea[]) AS t(i, k, x, r, s, h)
    RETURNING log_index, leaf_hash
  ), bodies AS (
    INSERT INTO log_bodies (log_index, claims, detail, salt)
    SELECT * FROM unnest($1::bigint[], $8::text[], $9::text[], $10::bytea[])
    RETURNING log_index, claims, detail, salt
  ), nodes AS (
    INSERT INTO log_nodes (level, node_index, hash) SELECT * FROM unnest($11::smallint[], $12::bigint[], $13::bytea[])
  )
  SELECT e.log_index, e.leaf_hash, b.claims, b.detail, b.salt
  FROM entries e JOIN bodies b USING (log_index) ORDER BY e.log_index`;

/** INVARIANT: 7. No checkpoint is signed over a leaf that, read back, differs from the bytes it was made from. */
function refuseWhatWasNotWritten(
  rows: readonly { leafHash: Buffer }[],
  stored: readonly StoredRow[],
  first: number,
): void {
  const same =
    stored.length === rows.length &&
    stored.every((row, i) => {
      const leafHash = rows[i]!.leafHash;
      return (
        Number(row.log_index) === first + i &&
        row.leaf_hash.equals(leafHash) &&
        leafHashOf(row, row.salt).equals(leafHash)
      );
    });
  if (!same) throw new LogDamaged('an entry read back differs from what was written');
}

const uuids = (ids: readonly string[]): string => ids.map((id) => `${pg.escapeLiteral(id)}::uuid`).join(', ');
