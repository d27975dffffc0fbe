import type { PermissionKind } from '../legal-bases/legal-basis.js';

export type Pattern = 'query' | 'eligibility-check' | 'composite-view' | 'referral' | 'life-event' | 'bulk-match';

/** A kind of case reference that a leg accepts, and how one is recognised. */
export interface CaseReferenceRule {
  /** E.g. `case`, `incident`, `scheduled-visit`. */
  readonly kind: string;
  /** Anchored regular expression (RE2 syntax: no look-around, no back-reference). */
  readonly pattern: string;
}

/** One direction of flow inside an agreement. */
export interface Leg {
  readonly id: string;
  /** Agency ids. */
  readonly from: string;
  readonly to: string;
  readonly dataService: string;
  readonly items: readonly string[];
  readonly purposes: readonly string[];
  readonly patterns: readonly Pattern[];
  /** Roles of staff on whose behalf a system may ask. */
  readonly roles: readonly string[];
  readonly identifierTypes: readonly string[];
  readonly caseReferences: readonly CaseReferenceRule[];
  /** Ids of legal bases: the legal basis stack. */
  readonly legalBasis: readonly string[];
  /** What a person whom the supplier does not know looks like to the requester. Default `uniform`. */
  readonly unmatched: 'uniform' | 'reveal';
}

/** An information sharing agreement, as signed: RFC 8785 over this object is what every party signs. */
export interface Agreement {
  readonly id: string;
  /** 1, 2, 3 ... Any change is a new version with new signatures. */
  readonly version: number;
  readonly title: string;
  /** Agency ids. */
  readonly parties: readonly string[];
  readonly purposes: readonly string[];
  readonly legs: readonly Leg[];
  /** First and last day on which it binds, and the day by which it is reviewed, `YYYY-MM-DD`. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly reviewOn: string;
  readonly retention: { readonly requester: string; readonly logBodyYears: number };
  /** Appropriate policy document (DPA 2018 Sch. 1 Part 4), where a condition needs one. */
  readonly policyDocument?: {
    readonly reference: string;
    readonly reviewOn: string;
    readonly retentionSummary: string;
  };
}

/**
 * An agreement as a file holds it. It may still lack its review date, so that lint can say so in words; one without is never
 * applied.
 */
export type AgreementDraft = Omit<Agreement, 'reviewOn'> & { readonly reviewOn?: string };

/** A party's signature: a compact JWS (RFC 7515) over the agreement's canonical bytes. */
export interface AgreementSignature {
  readonly agency: string;
  readonly kid: string;
  readonly jws: string;
}

/** An agreement whose signatures were all verified when it was read. */
export interface SignedAgreement {
  readonly agreement: Agreement;
  /** SHA-256 over RFC 8785, lower-case hexadecimal. */
  readonly hash: string;
  readonly signatures: readonly AgreementSignature[];
  /** A party has stopped this version; absent while none has. */
  readonly halted?: Halt;
}

/** `suspended`: until every party agrees to resume it. `revoked`: for good. */
export type Halt = 'suspended' | 'revoked';

export type { PermissionKind };
