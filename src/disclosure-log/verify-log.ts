import { createHash } from 'node:crypto';
import { leafHashOf } from './commitment.js';
import { openCheckpoint, type NoteKey } from './checkpoint.js';
import type { BodiesErasedEntry } from './entry.js';
import { GrowingTree, type NodePosition } from './merkle-tree.js';
import type { Query } from './tree-state.js';

/** What a verification found. `findings` is empty when the log is whole. */
export interface Verification {
  readonly entries: number;
  readonly checkpoints: number;
  /** One sentence each, naming the index or size concerned. */
  readonly findings: readonly string[];
}

/** Entries read at a time. */
const PAGE = 5_000;
/** Findings reported; a log that is wrong everywhere need not say so a million times. */
const MOST_FINDINGS = 100;

/**
 * Recomputes the whole tree from the entries in the database and compares it with every signed checkpoint, every stored
 * node, every body that no entry says was erased, and the archived facts that bodies name. Reads as of one instant if `query` runs in a repeatable-read
 * transaction.
 *
 * Does NOT know of checkpoints that were signed and then removed from the database: hold a checkpoint that you kept
 * against the log for that (`kept`).
 *
 * @param kept signed checkpoints that somebody else kept
 */
export async function verifyLog(query: Query, key: NoteKey, kept: readonly string[] = []): Promise<Verification> {
  const findings: string[] = [];
  const find = (sentence: string): void => {
    if (findings.length < MOST_FINDINGS) findings.push(sentence);
  };
  const checkpoints = await readCheckpoints(query, key, kept, find);
  const archived = await readArchivedFacts(query, find);
  const tree = new GrowingTree(0, []);
  const missing = new Set<number>();
  let checked = 0;
  const compare = (): void => {
    for (const { root, source } of checkpoints.get(tree.size) ?? []) {
      checked += 1;
      if (!root.equals(tree.root()))
        find(`The ${source} of ${tree.size} entries signs another tree than the entries make.`);
    }
  };
  compare();
  for (;;) {
    const rows = await readEntries(query, tree.size);
    const completed: CompletedNode[] = [];
    for (const row of rows) {
      if (Number(row.log_index) !== tree.size) {
        find(`Entry ${tree.size} is missing; the next one found is ${row.log_index}.`);
        return { entries: tree.size, checkpoints: checked, findings };
      }
      if (row.claims === null || row.detail === null || row.salt === null) missing.add(tree.size);
      else {
        checkBody({ ...row, claims: row.claims, detail: row.detail, salt: row.salt }, archived, tree.size, find);
        if (row.kind === 'bodies-erased') checkErasure(row.claims, missing, tree.size, find);
      }
      completed.push(...tree.add(row.leaf_hash));
      compare();
    }
    await checkNodes(query, completed, find);
    if (rows.length < PAGE) break;
  }
  for (const index of missing) find(`The body of entry ${index} is missing.`);
  for (const [size, signed] of checkpoints) {
    if (size > tree.size)
      for (const { source } of signed) find(`The ${source} signs ${size} entries; there are ${tree.size}.`);
  }
  const newest = Math.max(0, ...checkpoints.keys());
  if (newest < tree.size) find(`No checkpoint signs the entries from ${newest} on.`);
  return { entries: tree.size, checkpoints: checked, findings };
}

interface EntryRow {
  log_index: string;
  kind: string;
  exchange_id: string | null;
  requester_agency: string | null;
  supplier_agency: string | null;
  leaf_hash: Buffer;
  claims: string | null;
  detail: string | null;
  salt: Buffer | null;
}

const readEntries = (query: Query, from: number): Promise<EntryRow[]> =>
  query<EntryRow>(
    `SELECT log_index, kind, exchange_id, requester_agency, supplier_agency, leaf_hash, claims, detail, salt
     FROM log_entries LEFT JOIN log_bodies USING (log_index) WHERE log_index >= $1 ORDER BY log_index LIMIT ${PAGE}`,
    [from],
  );

type SignedRoots = Map<number, { root: Buffer; source: string }[]>;

async function readCheckpoints(
  query: Query,
  key: NoteKey,
  kept: readonly string[],
  find: (sentence: string) => void,
): Promise<SignedRoots> {
  const rows = await query<{ tree_size: string; root_hash: Buffer; note: string }>(
    'SELECT tree_size, root_hash, note FROM log_checkpoints ORDER BY tree_size',
  );
  const signed: SignedRoots = new Map();
  const keep = (size: number, root: Buffer, source: string): void => {
    signed.set(size, [...(signed.get(size) ?? []), { root, source }]);
  };
  for (const row of rows) {
    const opened = openCheckpoint(row.note, key);
    if (!opened || opened.size !== Number(row.tree_size) || !opened.root.equals(row.root_hash)) {
      find(`The checkpoint of ${row.tree_size} entries is not one that the log's key signed.`);
    } else keep(opened.size, opened.root, 'checkpoint');
  }
  kept.forEach((note, place) => {
    const opened = openCheckpoint(note, key);
    if (opened) keep(opened.size, opened.root, `kept checkpoint ${place + 1}`);
    else find(`The kept checkpoint ${place + 1} is not one that the log's key signed.`);
  });
  return signed;
}

/** The body must make the leaf, and the columns that searches use must say what the body says. */
function checkBody(
  row: EntryRow & { claims: string; detail: string; salt: Buffer },
  archived: ReadonlySet<string>,
  index: number,
  find: (sentence: string) => void,
): void {
  if (!leafHashOf(row, row.salt).equals(row.leaf_hash))
    return find(`The body of entry ${index} does not make its leaf.`);
  const claims = JSON.parse(row.claims) as {
    kind: string;
    exchangeId?: string;
    requester?: { agency: string };
    supplier?: string | null;
  };
  const same =
    claims.kind === row.kind &&
    (claims.exchangeId ?? null) === row.exchange_id &&
    (claims.requester?.agency ?? null) === row.requester_agency &&
    (claims.supplier ?? null) === row.supplier_agency;
  if (!same) find(`The columns of entry ${index} do not say what its body says.`);
  const { factsHash } = JSON.parse(row.detail) as { factsHash?: string | null };
  if (typeof factsHash === 'string' && !archived.has(factsHash)) {
    find(`The facts that entry ${index} was decided on are missing or changed.`);
  }
}

/** What an entry says was erased must have been there before, and be missing now: then it is missing for a reason. */
function checkErasure(text: string, missing: Set<number>, index: number, find: (sentence: string) => void): void {
  const { erased } = JSON.parse(text) as BodiesErasedEntry['claims'];
  for (const [first, last] of erased) {
    for (let one = first; one <= last; one++) {
      if (!missing.delete(one)) find(`Entry ${index} says that the body of entry ${one} was erased, and it was not.`);
    }
  }
}

/** Hashes of the facts that are archived as they were; each hash is committed to by the entries that name it. */
async function readArchivedFacts(query: Query, find: (sentence: string) => void): Promise<Set<string>> {
  const rows = await query<{ hash: string; content: string }>('SELECT hash, content FROM decision_facts ORDER BY hash');
  const hashes = new Set<string>();
  for (const { hash, content } of rows) {
    if (createHash('sha256').update(content).digest('hex') === hash) hashes.add(hash);
    else find(`The archived facts ${hash} were changed.`);
  }
  return hashes;
}

type CompletedNode = NodePosition & { readonly hash: Buffer };

async function checkNodes(
  query: Query,
  completed: readonly CompletedNode[],
  find: (sentence: string) => void,
): Promise<void> {
  if (completed.length === 0) return;
  const rows = await query<{ level: number; node_index: string; hash: Buffer }>(
    `SELECT level, node_index, hash FROM log_nodes
     WHERE (level, node_index) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))`,
    [completed.map((node) => node.level), completed.map((node) => node.index)],
  );
  const hashes = new Map(rows.map(({ level, node_index, hash }) => [`${level}/${node_index}`, hash]));
  for (const node of completed) {
    const stored = hashes.get(`${node.level}/${node.index}`);
    if (!stored?.equals(node.hash)) find(`The node ${node.index} at level ${node.level} is missing or changed.`);
  }
}
