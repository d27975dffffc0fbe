import type { BudgetUsedUp, BudgetUse } from './budgets.js';
import type { LogEntry } from './entries/entry.js';
import type { PermissionUse } from './permission-uses.js';

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
export type Refusal = Staleness | BudgetUsedUp;

/**
 * INVARIANT: 6. Conditions are read once for the batch. An entry that relies on a permission must not come after the
 * withdrawal of it that goes in the same batch, so whatever changes something comes after whatever changes nothing, and
 * after whatever relies on permissions, which changes none.
 */
export const changesLast = (submissions: readonly Submission[]): Submission[] =>
  submissions.toSorted((one, other) => Number(mayWithdraw(one)) - Number(mayWithdraw(other)));

const mayWithdraw = ({ change, conditions }: Submission): boolean =>
  change !== undefined && conditions.permissions === undefined;
