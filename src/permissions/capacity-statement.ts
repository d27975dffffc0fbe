import type { Capacity, GivenBy, MemberOfStaff } from './permission.js';

export const CAPACITY_FINDINGS = ['has-capacity', 'lacks-capacity'] as const;
export type CapacityFinding = (typeof CAPACITY_FINDINGS)[number];

/**
 * What was found of a person's capacity to make one decision at one time (Mental Capacity Act 2005 ss.2, 3): about the
 * decision that it stands with and no other. Never a diagnosis or free text.
 */
export interface CapacityStatement {
  readonly finding: CapacityFinding;
  readonly assessedBy: MemberOfStaff;
  /** `YYYY-MM-DD`. */
  readonly assessedOn: string;
}

/**
 * What a statement must say for somebody to speak: `required`, or may say at most: `allowed`. `null`: none belongs there.
 *
 * - An attorney for health and welfare: only while the person lacks capacity for the decision (Mental Capacity Act 2005
 *   s.11(7)(a)). A deputy likewise, in either matter (s.20(1)).
 * - An appointee is appointed because the person cannot act (Social Security (Claims and Payments) Regulations 1987
 *   reg. 33), which says nothing of this decision; whoever can make it makes it themselves (s.1(2)).
 * - An attorney for property and financial affairs may act while the person has capacity, so the law asks for none.
 * - A person is assumed to have capacity (s.1(2)): no statement is needed, and one that says otherwise contradicts the record.
 * - For a child it is not this Act that decides who speaks, below 16 (s.2(5)).
 */
export function capacityRule(givenBy: GivenBy, capacity: Capacity): CapacityRule | null {
  if (givenBy === 'self') return capacity === 'own' ? { finding: 'has-capacity', required: false } : null;
  if (givenBy === 'parental-responsibility') return null;
  if (givenBy === 'attorney' && capacity === 'property-and-financial-affairs') return { required: false };
  return { finding: 'lacks-capacity', required: true };
}

export interface CapacityRule {
  /** The one finding that lets them speak; absent: either. */
  readonly finding?: CapacityFinding;
  readonly required: boolean;
}

/** Whether a statement, or its absence, lets this giver speak in this capacity. */
export function letsSpeak(givenBy: GivenBy, capacity: Capacity, statement: CapacityStatement | null): boolean {
  const rule = capacityRule(givenBy, capacity);
  if (!statement) return !rule?.required;
  return rule !== null && (rule.finding === undefined || rule.finding === statement.finding);
}
