import type { AgencyType } from '../agencies/agency.js';
import type { Pattern } from '../agreements/agreement.js';
import type { Sensitivity } from '../catalogue/data-service.js';
import type { PermissionKind, StackGap } from '../legal-bases/legal-basis.js';

/** The state of the permission that an item's legal basis stack relies on. `unknown`: nobody can say, which is never a yes. */
export type PermissionState =
  | 'not-required'
  | 'given'
  | 'none'
  | 'refused'
  | 'withdrawn'
  | 'expired'
  | 'outside-scope'
  | 'outside-authority'
  | 'unknown';

/** What is true of one requested item. */
export interface ItemFacts {
  readonly item: string;
  readonly sensitivity: Sensitivity;
  readonly confidential: boolean;
  /** The leg of the agreement that covers the item, or `null`. */
  readonly leg: null | {
    readonly id: string;
    readonly coversPurpose: boolean;
    readonly coversPattern: boolean;
    readonly coversRole: boolean;
    readonly coversIdentifierTypes: boolean;
    /** `absent`: none was given. `not-accepted`: given, but of no kind that the leg accepts. */
    readonly caseReference: 'absent' | 'not-accepted' | 'accepted';
    readonly legalBasis: readonly string[];
    readonly gaps: readonly StackGap[];
    /** Nothing goes on the leg but by an override. */
    readonly onlyByOverride?: true;
    /** The requester is less sure than the leg asks for; or as sure as it takes for a person to decide on what goes. */
    readonly assurance?: 'not-accepted' | 'to-be-reviewed';
    /** The leg allows other hours than that of the decision. */
    readonly outsideHours?: true;
  };
  /** The kinds of permission that the stack relies on, each of which must be given. `given` means that all are. */
  readonly permission: { readonly required: readonly PermissionKind[]; readonly state: PermissionState };
  /** Provisions that forbid this disclosure, whatever else would permit it. */
  readonly bars?: readonly string[];
  /** An objection of the person stands for this item, purpose and recipient. */
  readonly objection?: true;
  /** A best-interests decision, or a decision not to share, stands against it. */
  readonly heldBack?: true;
  /** The override that the request invokes, where the item's leg allows any. */
  readonly override?: OverrideFacts;
}

/** A named person authorises a disclosure against what a person said, or did not say. */
export interface OverrideFacts {
  /** Whether the leg accepts the reason and the role of whoever authorises it. */
  readonly accepted: boolean;
  /** `vital-interests`: it rests on saving a life (UK GDPR Art. 6(1)(d)). */
  readonly kind: 'duty-of-care' | 'vital-interests';
  /** The stack that it rests on, and what that lacks. */
  readonly legalBasis: readonly string[];
  readonly gaps: readonly StackGap[];
}

/**
 * Everything that a decision depends on, and nothing of a person: no identifier, handle, name or case reference. Two
 * requests with equal facts get the same decision, so a decision may be remembered by its facts and the policy version.
 */
export interface DisclosureFacts {
  /** Day of the decision in UTC, `YYYY-MM-DD`. */
  readonly on: string;
  readonly pattern: Pattern;
  readonly purpose: string;
  readonly requester: { readonly agency: string; readonly agencyType: AgencyType; readonly role: string };
  readonly supplier: { readonly agency: string; readonly agencyType: AgencyType };
  readonly dataService: string;
  readonly caseReferenceGiven: boolean;
  readonly agreement: null | {
    readonly id: string;
    readonly version: number;
    readonly hash: string;
    readonly state: 'in-force' | 'not-yet' | 'ended';
    readonly requesterIsParty: boolean;
    readonly supplierIsParty: boolean;
    readonly coversPurpose: boolean;
    /** Another agreement in force governs the same request, and would decide otherwise. */
    readonly conflicts?: true;
  };
  readonly items: readonly ItemFacts[];
}
