import pg from 'pg';
import { BudgetCounters, periodBegan, selectBudgets, type BudgetRow, type BudgetUse } from './budgets.js';
import type { LogEntry } from './entries/entry.js';
import { MOST_STATEMENTS_CHANGED, type LogConnection } from './log-connection.js';
import type { Conditions, Refusal, Staleness, StatementsLookedAt, Submission } from './submission.js';
import { notBefore, type StoredCheckpoint } from './tree-state.js';

export interface FoundRecord {
  readonly exchangeId: string;
  readonly kind: string;
}

/** What is so while the log's lock is held. */
export interface LockedState {
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

/** What is needed to take the lock and to read under it. */
export interface LockContext {
  readonly connection: LogConnection;
  readonly at: Date;
  /** Exchanges whose record was not confirmed earlier. */
  readonly unconfirmed: readonly string[];
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
export async function lockAndRead(submissions: readonly Submission[], context: LockContext): Promise<LockedState> {
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
export function refusal({ entry, conditions }: Submission, state: LockedState): Refusal | undefined {
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

const uuids = (ids: readonly string[]): string => ids.map((id) => `${pg.escapeLiteral(id)}::uuid`).join(', ');
