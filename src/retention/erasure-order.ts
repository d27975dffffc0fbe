/** Why exchanges are erased before their retention ends: a closed list. */
export const ERASURE_GROUNDS = [
  'request-of-the-person-upheld',
  'recorded-in-error',
  'unlawful-processing',
  'court-order',
  'no-longer-necessary',
] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];

/**
 * An order to erase what is on record of exchanges. One body serves two agencies as evidence, so it takes an officer of each;
 * where there is no other party, two officers of the one.
 */
export interface ErasureOrder {
  readonly id: string;
  readonly agency: string;
  /** Officers by their agencies' own ids for them. */
  readonly orderedBy: string;
  readonly ground: ErasureGround;
  readonly exchanges: readonly string[];
  readonly confirmingAgency: string;
  readonly orderedAt: Date;
  readonly confirmedAt: Date | null;
  readonly confirmedBy: string | null;
}
