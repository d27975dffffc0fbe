import type { Pattern } from '../../agreements/agreement.js';

/** Who asked. A member of staff is named by the requester's own id for them; a citizen is never named. */
export interface RequesterClaim {
  readonly agency: string;
  readonly system: string;
  readonly staffId: string | null;
  readonly role: string | null;
}

/** What was decided about one item, and on which legal basis stack. */
export interface ItemClaim {
  readonly dataItem: string;
  readonly outcome: 'permit' | 'deny';
  readonly reasonCodes: readonly string[];
  readonly legalBasis: readonly string[];
}

/** What DPA 2018 s.62(1) has logged. No pattern alters or combines what an agency holds. */
export type LawEnforcementOperation =
  'collection' | 'alteration' | 'consultation' | 'disclosure' | 'combination' | 'erasure';

/**
 * What DPA 2018 s.62 has logged of an exchange in which an agency processes for law enforcement (Part 3), in fields. The date and
 * time are those of the claims that it stands in.
 */
export interface LawEnforcementClaim {
  /** Those that process under Part 3: the supplier, and where both do the requester. */
  readonly agencies: readonly string[];
  /** Of a decision: that data will be consulted. Of an outcome: what was disclosed and collected; empty where nothing was. */
  readonly operations: readonly { readonly agency: string; readonly operation: LawEnforcementOperation }[];
  /** One of a closed list; `purpose-of-the-agreement` where the request gave none. */
  readonly justification: string;
  /** Who consulted, by the agency's own id for them. */
  readonly consultedBy: { readonly agency: string; readonly staffId: string; readonly role: string };
  /** What disclosed: a data service, since no member of staff comes in between. */
  readonly disclosedBy?: { readonly agency: string; readonly dataService: string };
  readonly recipient: string;
}

/** What a receipt says of an exchange. No value of a person, no handle, no case reference. */
export interface ExchangeClaims {
  readonly kind: 'decision' | 'outcome';
  readonly exchangeId: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly pattern: Pattern;
  readonly requester: RequesterClaim;
  readonly supplier: string | null;
  readonly dataService: string | null;
  readonly purpose: string | null;
  readonly justification: string | null;
  /** Who authorised a disclosure against what a person said, or did not say, and why. Only where somebody did. */
  readonly override?: {
    readonly reason: string;
    readonly authorisedBy: { readonly staffId: string; readonly role: string };
  };
  /** How sure the requester said it was. */
  readonly assurance?: string;
  /** Only where an agency processes under Part 3 of the Data Protection Act 2018. */
  readonly lawEnforcement?: LawEnforcementClaim;
  readonly agreement: { readonly id: string; readonly version: number; readonly hash: string } | null;
  readonly decision: {
    readonly outcome: 'permit' | 'permit-partial' | 'deny';
    readonly reasonCodes: readonly string[];
    readonly policyVersion: string;
  };
  readonly items: readonly ItemClaim[];
  /** Of an outcome alone: what became of the permit. */
  readonly outcome?: Outcome;
}

/** `disclosed`: released to the requester. Everything else: nothing was released. */
export interface Outcome {
  readonly result: 'disclosed' | 'supplier-failed' | 'permit-lapsed' | 'unconfirmed' | 'not-released';
  readonly released: readonly string[];
  readonly withheld: readonly { readonly dataItem: string; readonly reason: string }[];
  /** The supplier does not know the person. Only under an agreement that lets the requester know. */
  readonly noTrace?: true;
  /** Why not, as a fault or reason code. */
  readonly cause: string | null;
}

/** What only the log keeps of an exchange. Handles are keyed, one view per agency; nothing here is an identifier. */
export interface ExchangeDetail {
  readonly subjectHandles: { readonly requester: readonly string[]; readonly supplier: readonly string[] } | null;
  readonly caseReferenceHandle: string | null;
  readonly permissions: readonly string[];
  /** Best-interests decisions to share that it relies on. */
  readonly statements?: readonly string[];
  readonly registerRevision: number;
  /** Values that the supplier sent beyond what was asked for; dropped. */
  readonly surplus?: number;
  /** Agreements in force that would have decided otherwise than each other, so that nothing was disclosed. */
  readonly conflictingAgreements?: readonly { readonly id: string; readonly version: number }[];
  /** Budgets of the agreement's legs that had nothing left, so that a request was refused that would have been permitted. */
  readonly usedUpBudgets?: readonly { readonly leg: string; readonly period: 'hour' | 'day'; readonly most: number }[];
  /** Hash of the archived facts that decided, so that the decision can be made again. */
  readonly factsHash: string | null;
}

export interface ExchangeEntry {
  readonly claims: ExchangeClaims;
  readonly detail: ExchangeDetail;
  /** What `detail.factsHash` stands for; archived with the entry, once for all that share it. */
  readonly facts?: ArchivedFacts;
}

/** INVARIANT: 1. The facts of a decision hold nothing of a person, so few distinct ones occur. */
export interface ArchivedFacts {
  /** SHA-256 over `content`, lower-case hexadecimal. */
  readonly hash: string;
  /** RFC 8785. */
  readonly content: string;
}

/** An exchange whose record was not confirmed when it was written, found in the log afterwards: nothing was released. */
export interface ReconciliationEntry {
  readonly claims: {
    readonly kind: 'reconciliation';
    readonly at: string;
    readonly exchangeId: string;
    readonly unconfirmed: 'decision' | 'outcome';
    readonly result: 'not-released';
  };
  readonly detail: Record<string, never>;
}
