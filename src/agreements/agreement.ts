import type { PermissionKind } from '../legal-bases/legal-basis.js';

export type Pattern = 'query' | 'eligibility-check' | 'composite-view' | 'referral' | 'life-event' | 'bulk-match';

/** A kind of case reference that a leg accepts, and how one is recognised. */
export interface CaseReferenceRule {
  /** E.g. `case`, `incident`, `scheduled-visit`. */
  readonly kind: string;
  /** Anchored regular expression (RE2 syntax: no look-around, no back-reference). */
  readonly pattern: string;
}

/** How sure whoever asks is that what they act on is so, and that this is the person. */
export const ASSURANCES = ['verified', 'provisional', 'unverified'] as const;
export type Assurance = (typeof ASSURANCES)[number];

/**
 * When a named person may have items disclosed without the permission that the leg relies on, or against an objection: under
 * a statutory duty of care, or to save a life. Each such disclosure is reviewed afterwards.
 */
export interface Override {
  /** Roles of staff who may authorise it. */
  readonly authorisedBy: readonly string[];
  /** Reasons that may be given. */
  readonly reasons: readonly OverrideReason[];
  /** Ids of legal bases: the stack that it rests on, in the place of the leg's. */
  readonly legalBasis: readonly string[];
  /** Days within which officers of both agencies review it. */
  readonly reviewWithinDays: number;
  /** Nothing goes on this leg in any other way. */
  readonly only?: true;
}

/** Why a person was not asked, or not followed: a closed list, because a free text would carry what must not be kept. */
export const OVERRIDE_REASONS = [
  'consent-cannot-be-given',
  'consent-cannot-reasonably-be-obtained',
  'asking-would-prejudice-protection',
  'life-at-risk',
  'required-by-law',
] as const;
export type OverrideReason = (typeof OVERRIDE_REASONS)[number];
/** Most requests that each system may have permitted under a leg, by the hour and by the day (UTC). At least one of them. */
export interface Budget {
  readonly perHour?: number;
  readonly perDay?: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Times of the week, on the clocks of Europe/London. Where `until` is before `from`, a day's hours go on past midnight. */
export interface Hours {
  readonly days: readonly Weekday[];
  /** First minute within, `HH:MM`. */
  readonly from: string;
  /** First minute no longer within, `HH:MM`; `24:00` is the end of the day. */
  readonly until: string;
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
  /** Roles of staff on whose behalf a system may ask, for every purpose. A leg has these or `rolesByPurpose`; see `rolesFor`. */
  readonly roles?: readonly string[];
  /** The same, for each purpose of the leg by itself. */
  readonly rolesByPurpose?: Readonly<Record<string, readonly string[]>>;
  readonly identifierTypes: readonly string[];
  readonly caseReferences: readonly CaseReferenceRule[];
  /** Ids of legal bases: the legal basis stack. */
  readonly legalBasis: readonly string[];
  /** What a person whom the supplier does not know looks like to the requester. Default `uniform`. */
  readonly unmatched: 'uniform' | 'reveal';
  /** Kinds of permission that are asked for beside those that the stack relies on, e.g. the choice of a service. */
  readonly asks?: readonly PermissionKind[];
  /** Absent: nothing goes against a person's word. */
  readonly override?: Override;
  /** Absent: the requester need not say how sure it is. */
  readonly assurance?: {
    readonly accepts: readonly Assurance[];
    /** What goes, and is marked for a person to decide on. */
    readonly reviews?: readonly Assurance[];
  };
  /** The requester is told when a permission is withdrawn, or refused by a later answer, that it got items on. */
  readonly tellOfWithdrawal?: true;
  /** Absent: as many as come. */
  readonly budget?: Budget;
  /** Absent: at any time. */
  readonly hours?: Hours;
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
