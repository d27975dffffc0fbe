import type { Pattern } from '../agreements/index.js';

/** What a row of `disclosures` is of. */
export const DISCLOSURE_KINDS = ['exchange', 'decision-not-to-share'] as const;
export const DISCLOSURE_OUTCOMES = ['permit', 'permit-partial', 'deny'] as const;
export const DISCLOSURE_RESULTS = [
  'disclosed',
  'supplier-failed',
  'permit-lapsed',
  'unconfirmed',
  'not-released',
] as const;
export const DIRECTIONS = ['requested', 'supplied'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** An exchange, or a decision not to share that a person made, as officers find it. INVARIANT: 1. Nothing of a person. */
export interface FoundDisclosure {
  readonly exchangeId: string;
  readonly logIndex: number;
  readonly kind: (typeof DISCLOSURE_KINDS)[number];
  readonly decidedAt: Date;
  /** `null` of a decision not to share. */
  readonly requester: string | null;
  /** `null` of a request that was not understood. */
  readonly supplier: string | null;
  /** Of a decision not to share alone: who asked. */
  readonly askedBy: string | null;
  readonly pattern: Pattern | null;
  readonly dataService: string | null;
  readonly purpose: string | null;
  readonly outcome: (typeof DISCLOSURE_OUTCOMES)[number];
  /** What became of a permit; `null` of a refusal, and where no outcome is on record. */
  readonly result: (typeof DISCLOSURE_RESULTS)[number] | null;
  readonly reasons: readonly string[];
  readonly items: readonly string[];
  readonly released: readonly string[];
  /** On which the items were released. */
  readonly legalBases: readonly string[];
  readonly overrideReason: string | null;
  readonly staffRole: string | null;
  readonly staffId: string | null;
  readonly agreement: string | null;
  readonly agreementVersion: number | null;
  /** Either party processed under Part 3 of the DPA 2018. */
  readonly lawEnforcement: boolean;
}
