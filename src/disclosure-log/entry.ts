import canonicalize from 'canonicalize';
import type { Pattern } from '../agreements/agreement.js';
import type { EntryText } from './commitment.js';

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

/** A change of a permission. The person stands behind it as handles in the recording agency's view. */
export interface PermissionEntry {
  readonly claims: {
    readonly kind: 'permission-given' | 'permission-refused' | 'permission-withdrawn';
    readonly at: string;
    readonly permission: string;
    readonly permissionKind: string;
    /** The system that recorded it, or the officer who withdrew it. */
    readonly recordedBy:
      { readonly agency: string; readonly system: string } | { readonly agency: string; readonly officer: string };
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** A statement about sharing was recorded or lifted. The person stands behind it as handles in the recording agency's view. */
export interface StatementEntry {
  readonly claims: {
    readonly kind: 'statement-recorded' | 'statement-lifted';
    readonly at: string;
    readonly statement: string;
    readonly statementKind: string;
    readonly says: 'share' | 'do-not-share';
    readonly recordedBy: { readonly agency: string; readonly system: string };
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** A recipient took note that a person said no to what it had got data on. */
export interface AcknowledgementEntry {
  readonly claims: {
    readonly kind: 'withdrawal-acknowledged';
    readonly at: string;
    /** Id of the permission that was withdrawn, or of the refusal. */
    readonly notice: string;
    readonly acknowledgedBy: { readonly agency: string; readonly system: string };
  };
  readonly detail: Record<string, never>;
}

/** Definitions were applied: which revision, and what changed, in words. */
export interface DefinitionsEntry {
  readonly claims: { readonly kind: 'definitions-applied'; readonly at: string; readonly revision: number };
  readonly detail: { readonly changes: readonly string[] };
}

/** A step in the life of an agreement, and which officer of which party took it. */
export interface AgreementEntry {
  readonly claims: {
    readonly kind:
      | 'agreement-drafted'
      | 'agreement-proposed'
      | 'agreement-signature-asked'
      | 'agreement-signed'
      | 'agreement-suspended'
      | 'agreement-resume-agreed'
      | 'agreement-resumed'
      | 'agreement-revoked';
    readonly at: string;
    readonly agreement: { readonly id: string; readonly version: number; readonly hash: string };
    /** The officer by the agency's own id for them. */
    readonly by: { readonly agency: string; readonly officer: string };
    /** Of a suspension or revocation: one of a closed list. */
    readonly reason: string | null;
    /** The register's revision from which the step binds; null for one that changes nothing that is disclosed under. */
    readonly revision: number | null;
  };
  readonly detail: Record<string, never>;
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

/** An officer looked up why an exchange was decided as it was. Nothing of a person. */
export interface ExplanationEntry {
  readonly claims: {
    readonly kind: 'explanation-read';
    readonly at: string;
    readonly exchangeId: string;
    readonly readBy: { readonly agency: string; readonly officer: string };
  };
  readonly detail: Record<string, never>;
}

/** An officer took records of their own agency's exchanges out of the gateway. Nothing of a person. */
export interface ExportEntry {
  readonly claims: {
    readonly kind: 'disclosures-exported';
    readonly at: string;
    readonly form:
      | 'evidence'
      | 'exchanges'
      | 'audit-events'
      | 'audit-event-bundle'
      | 'statistics'
      | 'published-statistics'
      | 'routine-sharing'
      | 'decision-form';
    readonly exportedBy: { readonly agency: string; readonly officer: string };
    /** RFC 3339, UTC: from this instant until before that one. Null for one exchange. */
    readonly period: { readonly from: string; readonly to: string } | null;
    /** Entries of the log that it was made of. */
    readonly treeSize: number;
    /** The place in the log that it went on after; null where it began at the beginning. */
    readonly after: number | null;
    /** Of a form about one exchange alone. */
    readonly exchangeId?: string;
  };
  readonly detail: Record<string, never>;
}

/** Who looks something up. An officer by the agency's own id for them. */
interface LookedUpBy {
  readonly agency: string;
  readonly officer: string;
}

/** An officer searched their agency's disclosures. */
export interface DisclosuresSearchedEntry {
  readonly claims: {
    readonly kind: 'disclosures-searched';
    readonly at: string;
    readonly searchedBy: LookedUpBy;
    /** What was searched by. */
    readonly filters: readonly string[];
    readonly found: number;
  };
  /** What the filters asked for; empty where nothing was found, so that only what the log has already is written here. */
  readonly detail: { readonly values: Readonly<Record<string, string>> };
}

/** An officer looked for a person. Handles in the view of the officer's agency, of the identifiers that were searched by. */
export interface PersonSearchedEntry {
  readonly claims: {
    readonly kind: 'person-searched';
    readonly at: string;
    readonly searchedBy: LookedUpBy;
    readonly found: number;
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** An officer looked for what a person permitted and refused. Handles as in {@link PersonSearchedEntry}. */
export interface PermissionsSearchedEntry {
  readonly claims: {
    readonly kind: 'permissions-searched';
    readonly at: string;
    readonly searchedBy: LookedUpBy;
    readonly found: number;
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** An officer read one permission that their agency recorded. Nothing of a person. */
export interface PermissionReadEntry {
  readonly claims: {
    readonly kind: 'permission-read';
    readonly at: string;
    readonly permission: string;
    readonly readBy: LookedUpBy;
  };
  readonly detail: Record<string, never>;
}

/** An officer had a report made for a person of what was shared about them, and what was left out of it. */
export interface SubjectAccessReportedEntry {
  readonly claims: {
    readonly kind: 'subject-access-reported';
    readonly at: string;
    /** Id of the report, which is not kept. */
    readonly report: string;
    readonly reportedBy: LookedUpBy;
    /** How many exchanges and decisions not to share are in the report. */
    readonly disclosures: number;
    /** How many records were left out of it. */
    readonly withheld: number;
  };
  readonly detail: {
    readonly subjectHandles: readonly string[];
    /** Exchanges, and decisions not to share. */
    readonly withheldDisclosures: readonly string[];
    readonly withheldStatements: readonly string[];
  };
}

/** What an agency found when it reviewed a disclosure by an override. */
export interface ReviewAnswerEntry {
  readonly claims: {
    readonly kind: 'override-review-answered';
    readonly at: string;
    readonly exchangeId: string;
    readonly review: string;
    readonly answeredBy: { readonly agency: string; readonly officer: string };
    readonly outcome: string;
    readonly measures: readonly string[];
  };
  readonly detail: Record<string, never>;
}

/** An officer looked at an alert, began to look into it, or closed it. Nothing of a person. */
export interface AlertEntry {
  readonly claims: {
    readonly kind: 'alert-read' | 'alert-investigated' | 'alert-closed';
    readonly at: string;
    readonly alert: string;
    readonly alertKind: string;
    /** `null`: whoever runs the gateway. */
    readonly by: { readonly agency: string; readonly officer: string } | null;
    /** Of one that was closed: one of a closed list. */
    readonly outcome: string | null;
  };
  readonly detail: Record<string, never>;
}

/** What a receipt says of a decision not to share that a person made: about a request that did not come through the gateway. */
export interface DecisionNotToShareClaims {
  readonly kind: 'decision-not-to-share';
  /** The id that it is found by, as a refusal has one; nothing was brokered. */
  readonly exchangeId: string;
  readonly at: string;
  /** The agency that holds the items and decided. */
  readonly supplier: string;
  /** The system or officer that recorded it. */
  readonly recordedBy: string;
  /** Who asked. Not called the requester: it sees nothing of this entry. */
  readonly askedBy: string;
  readonly items: readonly string[];
  readonly purpose: string;
  readonly reason: string;
  /** Legal bases that were considered. */
  readonly legalBasis: readonly string[];
  readonly decidedBy: { readonly staffId: string; readonly role: string };
}

export interface DecisionNotToShareEntry {
  readonly claims: DecisionNotToShareClaims;
  /** In the view of the agency that decided; empty where no person was named. */
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** First and last index of entries that stand one after the other. */
export type IndexRange = readonly [first: number, last: number];

/** The bodies of entries were erased, in the transaction that records this. Nothing of a person. */
export interface BodiesErasedEntry {
  readonly claims: {
    readonly kind: 'bodies-erased';
    readonly at: string;
    /** Ascending; each body of these was there before, and none is now. */
    readonly erased: readonly IndexRange[];
    readonly reason: 'retention-ended' | 'ordered';
    readonly orderedBy: { readonly agency: string; readonly officer: string } | null;
    /** Of an ordered erasure: the order, and the second officer. */
    readonly order?: {
      readonly id: string;
      readonly ground: string;
      readonly confirmedBy: { readonly agency: string; readonly officer: string };
    };
    /** Those of them in which a party processed for law enforcement: to that party this is the `erasure` of DPA 2018 s.62. */
    readonly lawEnforcement?: { readonly operation: 'erasure'; readonly erased: readonly IndexRange[] };
  };
  readonly detail: Record<string, never>;
}

/** An officer ordered that what is on record of exchanges be erased; carried out when another officer confirms it. */
export interface ErasureOrderedEntry {
  readonly claims: {
    readonly kind: 'erasure-ordered';
    readonly at: string;
    readonly order: string;
    readonly exchanges: readonly string[];
    /** One of a closed list. */
    readonly ground: string;
    readonly orderedBy: { readonly agency: string; readonly officer: string };
  };
  readonly detail: Record<string, never>;
}

/** An officer had entries kept whatever their retention says, or let go of them again. */
export interface LegalHoldEntry {
  readonly claims: {
    readonly kind: 'legal-hold-placed' | 'legal-hold-lifted';
    readonly at: string;
    readonly hold: string;
    readonly by: { readonly agency: string; readonly officer: string };
    /** One of a closed list. */
    readonly reason: string;
    readonly exchanges: readonly string[] | null;
    readonly agreement: string | null;
  };
  /** In the view of the agency; empty for a hold that names no person. */
  readonly detail: { readonly subjectHandles: readonly string[] };
}

export type LogEntry =
  | ExchangeEntry
  | PermissionEntry
  | StatementEntry
  | AcknowledgementEntry
  | DefinitionsEntry
  | AgreementEntry
  | ReconciliationEntry
  | ExplanationEntry
  | ExportEntry
  | DisclosuresSearchedEntry
  | PersonSearchedEntry
  | PermissionsSearchedEntry
  | PermissionReadEntry
  | SubjectAccessReportedEntry
  | ReviewAnswerEntry
  | AlertEntry
  | DecisionNotToShareEntry
  | BodiesErasedEntry
  | ErasureOrderedEntry
  | LegalHoldEntry;

/** The entry as committed to: RFC 8785 of both parts. @throws Error for a value that JSON has no form for */
export function textOf(entry: LogEntry): EntryText {
  return { claims: canonical(entry.claims), detail: canonical(entry.detail) };
}

function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a log entry has no canonical form');
  return text;
}
