import pg from 'pg';
import {
  appendEntries,
  growTree,
  rehearseAppend,
  signGrowth,
  storeGrowth,
  type Appended,
  type Growth,
} from './append-entries.js';
import type { NoteKey } from './tree/checkpoint.js';
import type { ArchivedFacts, LogEntry } from './entries/entry.js';
import { lockAndRead, refusal, type FoundRecord, type LockContext, type LockedState } from './locked-state.js';
import type { LogConnection } from './log-connection.js';
import type { GrowingTree } from './tree/merkle-tree.js';
import { insertPermissionUses } from './permission-uses.js';
import type { Recorded } from './recorded.js';
import { changesLast, type Change, type Refusal, type Staleness, type Submission } from './submission.js';
import { LogDamaged, loadTree, type Query, type StoredCheckpoint } from './tree-state.js';

/** What became of each submission, in order. `tree` is the tree after the batch. */
export interface WrittenBatch {
  readonly results: readonly (Recorded | Refusal)[];
  readonly tree: GrowingTree;
  /** Of the exchanges asked about: those whose record is in the log. */
  readonly found: readonly FoundRecord[];
  /** Instant of the newest checkpoint, if there is one. */
  readonly newestAt: Date | undefined;
  /** Hashes of facts that are now archived. */
  readonly archived: readonly string[];
  /** No other replica had appended before it. */
  readonly alone: boolean;
}

export interface BatchContext extends LockContext {
  readonly signer: NoteKey;
  /** The tree as this replica last saw it; loaded anew when another replica has appended since. */
  readonly known: GrowingTree | undefined;
  /** No other replica had appended before the last batch, so none is expected to have done so before this one. */
  readonly alone: boolean;
  /** With nothing to record, find out whether an entry could be: the log could not be written before. */
  readonly rehearse: boolean;
  /** Hashes of facts that are known to be archived. */
  readonly archived: ReadonlySet<string>;
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
 * Budgets are counted under the same lock, and the counts committed with the entries: there is no entry without its count, and
 * no count without its entry. A batch without a budget reads and writes nothing for them. Uses of permissions are kept in the
 * same way, and a batch without one writes nothing for them.
 *
 * @throws LogDamaged when what is stored is not what was written; whatever pg throws. In both cases nothing is recorded,
 *   unless `committing` was called: then nobody knows yet.
 */
export async function writeBatch(submissions: readonly Submission[], context: BatchContext): Promise<WrittenBatch> {
  context.connection.beginWork();
  return await attemptBatch(submissions, context);
}

async function attemptBatch(submissions: readonly Submission[], context: BatchContext): Promise<WrittenBatch> {
  const { connection } = context;
  const query: Query = (sql, values, name) => connection.query(sql, values, name);
  // Nearly always nothing has changed since the last batch. So what would be stored then goes along with the lock.
  const expected = growthExpected(submissions, context);
  const [state, stored] = await Promise.all(
    connection.together(() => [
      lockAndRead(submissions, context),
      expected ? storeGrowth(expected, { query, at: context.at }) : Promise.resolve([]),
    ]),
  );
  const before = await currentTree(state.newest, context);
  const alone = before === context.known;
  const { at } = state;
  if (expected) {
    if (!alone || at !== context.at || submissions.some((submission) => refusal(submission, state))) {
      await connection.query('ROLLBACK');
      return await attemptBatch(submissions, { ...context, alone: false });
    }
    const results = await commitSigned(signGrowth(expected, stored, context), alongside(submissions, state), context);
    return { results, tree: expected.tree, found: [], newestAt: at, archived: [], alone };
  }
  const tree = before.copy();
  const accepted: LogEntry[] = context.reconcile(state.found);
  /** By submission: its place among the accepted, or why it is none. */
  const verdicts = new Map<Submission, number | Refusal>();
  for (const submission of changesLast(submissions)) {
    const { entry, change } = submission;
    const refused = refusal(submission, state) ?? (await applied(change, connection));
    verdicts.set(submission, refused ?? accepted.push(entry) - 1);
  }
  const resultsFrom = (entries: readonly Recorded[]): (Recorded | Refusal)[] =>
    submissions.map((submission) => {
      const verdict = verdicts.get(submission)!;
      return typeof verdict === 'number' ? entries[verdict]! : verdict;
    });
  if (accepted.length === 0) {
    if (context.rehearse) await rehearseAppend(tree, query, at);
    // Committed all the same: the lock was a write, so this finds out whether a commit is confirmed.
    await connection.commit('SELECT');
    return {
      results: resultsFrom([]),
      tree,
      found: state.found,
      newestAt: state.newest?.signed_at,
      archived: [],
      alone,
    };
  }
  const archived = await archiveFacts(accepted, { ...context, at });
  const appended = await appendEntries(accepted, tree, { ...context, at, query });
  const kept = submissions.filter((submission) => typeof verdicts.get(submission) === 'number');
  const recorded = await commitSigned(appended, alongside(kept, state), context);
  return { results: resultsFrom(recorded), tree, found: state.found, newestAt: at, archived, alone };
}

/** @param also statements without parameters, committed with the entries */
async function commitSigned(
  { checkpoint: [treeSize, rootHash, note, signedAt], recorded }: Appended,
  also: readonly string[],
  context: BatchContext,
): Promise<readonly Recorded[]> {
  const insertCheckpoint = `EXECUTE insert_checkpoint
    (${treeSize}, '\\x${rootHash.toString('hex')}', ${pg.escapeLiteral(note)}, '${signedAt.toISOString()}')`;
  context.committing();
  await context.connection.commit([...also, insertCheckpoint].join('; '));
  return recorded;
}

/** What is stored beside the entries; nearly always nothing. */
const alongside = (kept: readonly Submission[], { budgets }: LockedState): string[] =>
  [budgets.update(), insertPermissionUses(kept.flatMap(({ conditions }) => conditions.uses ?? []))].filter(
    (statement) => statement !== undefined,
  );

/** What a batch adds to the tree when nothing has changed since the last one; of one that adds entries and nothing else. */
function growthExpected(
  submissions: readonly Submission[],
  { known, alone, unconfirmed, archived }: BatchContext,
): Growth | undefined {
  const plain =
    submissions.length > 0 &&
    unconfirmed.length === 0 &&
    submissions.every(({ change, entry }) => !change && factsToArchive(entry, archived) === undefined);
  if (!known || !alone || !plain) return undefined;
  return growTree(
    submissions.map(({ entry }) => entry),
    known.copy(),
  );
}

/** Archives the facts of decisions that are not archived yet; nearly always there are none. */
async function archiveFacts(
  entries: readonly LogEntry[],
  { connection, archived, at }: BatchContext,
): Promise<string[]> {
  const fresh = new Map<string, string>();
  for (const entry of entries) {
    const facts = factsToArchive(entry, archived);
    if (facts) fresh.set(facts.hash, facts.content);
  }
  if (fresh.size === 0) return [];
  await connection.query(
    `INSERT INTO decision_facts (hash, content, first_used_at)
     SELECT h, c, $3 FROM unnest($1::text[], $2::text[]) AS t(h, c) ON CONFLICT DO NOTHING`,
    [[...fresh.keys()], [...fresh.values()], at],
  );
  return [...fresh.keys()];
}

const factsToArchive = (entry: LogEntry, archived: ReadonlySet<string>): ArchivedFacts | undefined =>
  'facts' in entry && entry.facts && !archived.has(entry.facts.hash) ? entry.facts : undefined;

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
