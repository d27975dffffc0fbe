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
  const asked: Readonly<Record<string, string>> = {
    begun: 'BEGIN',
    locked: 'EXECUTE lock_log',
    state: 'EXECUTE log_state',
    ...(permissions.size > 0 && {
      permissions: `SELECT id, revision, valid_from, valid_until FROM permissions
        WHERE id IN (${uuids([...permissions])}) AND answer = 'given' AND withdrawn_at IS NULL`,
    }),
    ...(context.unconfirmed.length > 0 && {
      found: `SELECT DISTINCT exchange_id AS "exchangeId", kind FROM log_entries WHERE exchange_id IN (${uuids(context.unconfirmed)})`,
    }),
    ...(lookedAt.length > 0 && {
      changed: `EXECUTE statements_changed (${Math.min(...lookedAt.map(({ seen }) => seen))})`,
    }),
    ...(budgets.length > 0 && { budgets: selectBudgets(budgets) }),
  };
  const results = await context.connection.statements(Object.values(asked).join('; '));
  const places = Object.keys(asked);
  const rows = <Row>(name: string): Row[] => (results[places.indexOf(name)]?.rows ?? []) as Row[];
  const [state] = rows<{ revision: string } & (StoredCheckpoint | { tree_size: null })>('state');
  const newest = state && state.tree_size !== null ? state : undefined;
  const at = notBefore(newest, context.at);
  const valid = rows<StandingPermission>('permissions').filter(
    ({ valid_from: from, valid_until: until }) => from <= at && at < until,
  );
  return {
    newest,
    at,
    revision: Number(state?.revision),
    standing: new Map(valid.map(({ id, revision }) => [id, revision])),
    changed: allOrNone(rows<ChangedStatement>('changed')),
    found: rows<FoundRecord>('found'),
    budgets: new BudgetCounters(rows<BudgetRow>('budgets'), at),
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
