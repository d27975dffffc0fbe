import type { Leg } from '../agreements/index.js';
import { counterOf, periodBegan, type BudgetUse } from '../disclosure-log/index.js';
import type { FoundAgreement } from './find-agreement-in-force.js';

/** What a permit takes of budgets: one of each that the legs of the permitted items have, however many items a leg gives. */
export function budgetUses(
  found: FoundAgreement | undefined,
  permitted: readonly string[],
  system: string,
): BudgetUse[] {
  if (!found) return [];
  const legs = new Set(permitted.flatMap((item) => found.legs.get(item) ?? []));
  return [...legs].flatMap(({ id: leg, budget }: Leg) => {
    const of = { agreement: found.signed.agreement.id, leg, system };
    return [
      ...(budget?.perHour === undefined ? [] : [{ ...of, period: 'hour' as const, most: budget.perHour }]),
      ...(budget?.perDay === undefined ? [] : [{ ...of, period: 'day' as const, most: budget.perDay }]),
    ];
  });
}

/** Most budgets that are remembered; what is forgotten is found used up again. */
const MOST_REMEMBERED = 10_000;

/**
 * Budgets that this replica found used up. Nothing is given back before the period ends, so a caller far over its budget is
 * refused without trying the log, where others would wait for it.
 *
 * Only saves work: what is not remembered here is counted under the log's lock.
 */
export class UsedUpBudgets {
  /** By counter and size: when the period began. */
  private readonly began = new Map<string, number>();

  remember(budgets: readonly BudgetUse[], at: Date): void {
    if (this.began.size >= MOST_REMEMBERED) this.began.clear();
    for (const budget of budgets) this.began.set(nameOf(budget), periodBegan(budget.period, at).getTime());
  }

  /** Those of the budgets that are known to have nothing left at this instant. */
  among(budgets: readonly BudgetUse[], at: Date): BudgetUse[] {
    return budgets.filter((budget) => this.began.get(nameOf(budget)) === periodBegan(budget.period, at).getTime());
  }
}

const nameOf = (budget: BudgetUse): string => `${counterOf(budget)} ${budget.most}`;
