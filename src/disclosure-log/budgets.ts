import pg from 'pg';

export type BudgetPeriod = 'hour' | 'day';

/** One permit, taken from what a system may have permitted under a leg in a period. */
export interface BudgetUse {
  /** Id of the agreement: a new version goes on with what was used under the one before. */
  readonly agreement: string;
  readonly leg: string;
  readonly system: string;
  readonly period: BudgetPeriod;
  /** Most permits in one period, 1 or more. */
  readonly most: number;
}

/** A budget has nothing left: the entry was not recorded. */
export class BudgetUsedUp extends Error {
  override readonly name = 'BudgetUsedUp';
  /** @param budgets those with nothing left */
  constructor(readonly budgets: readonly BudgetUse[]) {
    super('budget-used-up');
  }
}

const HOUR_MS = 3_600_000;
const LENGTH_MS: Readonly<Record<BudgetPeriod, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS };

/** When the hour or day in UTC began that an instant is in. */
export const periodBegan = (period: BudgetPeriod, at: Date): Date =>
  new Date(at.getTime() - (at.getTime() % LENGTH_MS[period]));

/** When it ends. */
export const periodEnds = (period: BudgetPeriod, at: Date): Date =>
  new Date(periodBegan(period, at).getTime() + LENGTH_MS[period]);

/** The name of what a budget's permits are counted under. No id holds a space. */
export const counterOf = ({ agreement, leg, system, period }: Omit<BudgetUse, 'most'>): string =>
  [agreement, leg, system, period].join(' ');

/** What was used of a budget in the last period in which any of it was. */
export interface BudgetRow extends Omit<BudgetUse, 'most'> {
  readonly began_at: Date;
  readonly used: string;
}

/** Reads the counters; one statement without parameters. MUST run under the log's lock. */
export const selectBudgets = (uses: readonly BudgetUse[]): string =>
  `SELECT agreement, leg, system, period, began_at, used FROM budget_uses
   WHERE (agreement, leg, system, period) IN (${[...new Set(uses.map((use) => `(${literals(use)})`))].join(', ')})`;

/** The counters of a batch, under the log's lock: as they were read, and with what the batch takes. */
export class BudgetCounters {
  private readonly used: ReadonlyMap<string, BudgetRow>;
  private readonly taken = new Map<string, { readonly use: BudgetUse; count: number }>();

  /** @param at instant of the batch, which is never before that of an earlier batch */
  constructor(
    rows: readonly BudgetRow[],
    private readonly at: Date,
  ) {
    this.used = new Map(rows.map((row) => [counterOf(row), row]));
  }

  /** Takes one permit of each budget; or says which have none left, and takes nothing. */
  take(uses: readonly BudgetUse[]): BudgetUsedUp | undefined {
    const usedUp = uses.filter((use) => this.count(use) >= use.most);
    if (usedUp.length > 0) return new BudgetUsedUp(usedUp);
    for (const use of uses) this.taken.set(counterOf(use), { use, count: this.count(use) + 1 });
    return undefined;
  }

  /** Stores what was taken; one statement without parameters, to be committed with the entries. Undefined when nothing was. */
  update(): string | undefined {
    if (this.taken.size === 0) return undefined;
    const rows = [...this.taken.values()].map(
      ({ use, count }) => `(${literals(use)}, '${periodBegan(use.period, this.at).toISOString()}', ${count})`,
    );
    return `INSERT INTO budget_uses (agreement, leg, system, period, began_at, used) VALUES ${rows.join(', ')}
      ON CONFLICT (agreement, leg, system, period) DO UPDATE SET began_at = EXCLUDED.began_at, used = EXCLUDED.used`;
  }

  private count(use: BudgetUse): number {
    const taken = this.taken.get(counterOf(use));
    if (taken) return taken.count;
    const row = this.used.get(counterOf(use));
    // A count of an earlier period is over.
    return row && row.began_at >= periodBegan(use.period, this.at) ? Number(row.used) : 0;
  }
}

const literals = ({ agreement, leg, system, period }: Omit<BudgetUse, 'most'>): string =>
  [agreement, leg, system, period].map((text) => pg.escapeLiteral(text)).join(', ');
