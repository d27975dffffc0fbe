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
import { BudgetCounters, BudgetUsedUp, periodBegan, selectBudgets, type BudgetRow, type BudgetUse } from './budgets.js';
import type { NoteKey } from './checkpoint.js';
import type { ArchivedFacts, LogEntry } from './entry.js';
import { MOST_STATEMENTS_CHANGED, type LogConnection } from './log-connection.js';
import type { GrowingTree } from './merkle-tree.js';
import { insertPermissionUses, type PermissionUse } from './permission-uses.js';
import type { Recorded } from './recorded.js';
import { LogDamaged, loadTree, notBefore, type Query, type StoredCheckpoint } from './tree-state.js';

/** What must still be true, under the log's lock, for an entry to be recorded. */
export interface Conditions {
  /** The register's revision that the decision was made on. */
  readonly registerRevision?: number;
  /**
   * Permissions that the exchange relies on, as it read them: given, valid now, not withdrawn, and nothing said since about
   * what they reach.
   */
  readonly permissions?: readonly { readonly id: string; readonly revision: number }[];
  /**
   * Budgets that the entry takes one permit of; each must have one left in the period that the entry's instant is in. No
   * budget twice, and none together with a {@link Change}.
   */
  readonly budgets?: readonly BudgetUse[];
  /** Statements about sharing that were looked at. */
  readonly statements?: StatementsLookedAt;
  /** Uses of these permissions that are kept with the entry. */
  readonly uses?: readonly PermissionUse[];
}

/** Statements about sharing as of one change: nothing was said of these handles since, and what was said has not ended. */
export interface StatementsLookedAt {
  /** Number of the last change that was seen. */
  readonly seen: number;
  readonly handles: readonly string[];
  /** When the first of those relied on ends. */
  readonly until?: Date;
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
export type Staleness =
  'register-changed' | 'permission-withdrawn' | 'statement-changed' | 'nothing-changed' | 'other-period';

/** Why an entry was not recorded: what it relied on is no longer so, or it would go beyond a budget. */
type Refusal = Staleness | BudgetUsedUp;

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

export interface FoundRecord {
  readonly exchangeId: string;
  readonly kind: string;
}

export interface BatchContext {
  readonly connection: LogConnection;
  readonly signer: NoteKey;
  readonly at: Date;
  /** The tree as this replica last saw it; loaded anew when another replica has appended since. */
  readonly known: GrowingTree | undefined;
  /** No other replica had appended before the last batch, so none is expected to have done so before this one. */
  readonly alone: boolean;
  /** With nothing to record, find out whether an entry could be: the log could not be written before. */
  readonly rehearse: boolean;
  /** Hashes of facts that are known to be archived. */
  readonly archived: ReadonlySet<string>;
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
  { insertCheckpoint, recorded }: Appended,
  also: readonly string[],
  context: BatchContext,
): Promise<readonly Recorded[]> {
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

/**
 * INVARIANT: 6. Conditions are read once for the batch. An entry that relies on a permission must not come after the
 * withdrawal of it that goes in the same batch, so whatever changes something comes after whatever changes nothing, and
 * after whatever relies on permissions, which changes none.
 */
const changesLast = (submissions: readonly Submission[]): Submission[] =>
  submissions.toSorted((one, other) => Number(mayWithdraw(one)) - Number(mayWithdraw(other)));

const mayWithdraw = ({ change, conditions }: Submission): boolean =>
  change !== undefined && conditions.permissions === undefined;

interface LockedState {
  readonly newest: StoredCheckpoint | undefined;
  /** When the batch is written: now, but never before the newest checkpoint. */
  readonly at: Date;
  readonly revision: number;
  /** Revision of each permission that stands. */
  readonly standing: ReadonlyMap<string, number>;
  /** Statements that changed since the earliest of what the entries had seen; `undefined`: too many to say. */
  readonly changed: readonly ChangedStatement[] | undefined;
  readonly found: readonly FoundRecord[];
  readonly budgets: BudgetCounters;
}

interface ChangedStatement {
  /** A bigint, as text. */
  readonly change_number: string;
  readonly subject_handles: readonly string[];
}

interface StandingPermission {
  readonly id: string;
  readonly revision: number;
  readonly valid_from: Date;
  readonly valid_until: Date;
}

/** One round trip: begins, takes the lock, then reads (each statement sees all that was committed before the lock was had). */
async function lockAndRead(submissions: readonly Submission[], context: BatchContext): Promise<LockedState> {
  const permissions = new Set(
    submissions.flatMap(({ conditions }) => (conditions.permissions ?? []).map(({ id }) => id)),
  );
  const budgets = submissions.flatMap(({ conditions }) => conditions.budgets ?? []);
  const lookedAt = submissions.flatMap(({ conditions }) => conditions.statements ?? []);
  const results = await context.connection.statements(
    [
      'BEGIN',
      'EXECUTE lock_log',
      'EXECUTE newest_checkpoint',
      'EXECUTE register_revision',
      permissions.size > 0
        ? `SELECT id, revision, valid_from, valid_until FROM permissions
           WHERE id IN (${uuids([...permissions])}) AND answer = 'given' AND withdrawn_at IS NULL`
        : 'SELECT',
      context.unconfirmed.length > 0
        ? `SELECT DISTINCT exchange_id AS "exchangeId", kind FROM log_entries WHERE exchange_id IN (${uuids(context.unconfirmed)})`
        : 'SELECT',
      lookedAt.length > 0 ? `EXECUTE statements_changed (${Math.min(...lookedAt.map(({ seen }) => seen))})` : 'SELECT',
      ...(budgets.length > 0 ? [selectBudgets(budgets)] : []),
    ].join('; '),
  );
  const rows = <Row>(place: number): Row[] => (results[place]?.rows ?? []) as Row[];
  const [newest] = rows<StoredCheckpoint>(2);
  const at = notBefore(newest, context.at);
  const valid = (permissions.size > 0 ? rows<StandingPermission>(4) : []).filter(
    ({ valid_from: from, valid_until: until }) => from <= at && at < until,
  );
  return {
    newest,
    at,
    revision: Number(rows<{ revision: string }>(3)[0]?.revision),
    standing: new Map(valid.map(({ id, revision }) => [id, revision])),
    changed: lookedAt.length > 0 ? allOrNone(rows<ChangedStatement>(6)) : [],
    found: context.unconfirmed.length > 0 ? rows<FoundRecord>(5) : [],
    budgets: new BudgetCounters(rows<BudgetRow>(7), at),
  };
}

/** Why an entry may not be recorded; where there is no reason, what it takes of budgets is taken. */
function refusal({ entry, conditions }: Submission, state: LockedState): Refusal | undefined {
  return staleness(entry, conditions, state) ?? state.budgets.take(conditions.budgets ?? []);
}

const allOrNone = (changed: ChangedStatement[]): ChangedStatement[] | undefined =>
  changed.length < MOST_STATEMENTS_CHANGED ? changed : undefined;

function staleness(
  { claims }: LogEntry,
  { registerRevision, permissions, budgets, statements }: Conditions,
  state: LockedState,
): Staleness | undefined {
  if (statements && haveChanged(statements, state)) return 'statement-changed';
  if (permissions?.some(({ id, revision }) => state.standing.get(id) !== revision)) return 'permission-withdrawn';
  if (registerRevision !== undefined && registerRevision !== state.revision) return 'register-changed';
  // A permit counts in the period that it says it was made in, which is the one that the log is in.
  const isOther = ({ period }: BudgetUse): boolean =>
    periodBegan(period, new Date(claims.at)).getTime() !== periodBegan(period, state.at).getTime();
  return budgets?.some(isOther) ? 'other-period' : undefined;
}

/** INVARIANT: 6. Of this person and nobody else: what is said of others disturbs no exchange. */
function haveChanged({ seen, handles, until }: StatementsLookedAt, { changed, at }: LockedState): boolean {
  if (!changed || (until && at >= until)) return true;
  return changed.some(
    ({ change_number: number, subject_handles: concerned }) =>
      Number(number) > seen && concerned.some((handle) => handles.includes(handle)),
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

const uuids = (ids: readonly string[]): string => ids.map((id) => `${pg.escapeLiteral(id)}::uuid`).join(', ');
