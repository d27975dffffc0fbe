import type { PermissionKind } from '../legal-bases/legal-basis.js';
import type { CapacityStatement } from './capacity-statement.js';

export const PERMISSION_KINDS = [
  'uk-gdpr-consent',
  'confidentiality',
  'statutory-agreement',
  'service-choice',
] as const;

/** What the person said. A refusal is as strong as a yes: the newest of them counts. */
export const ANSWERS = ['given', 'refused'] as const;
export type PermissionWord = (typeof ANSWERS)[number];

/** Who speaks: a person for themselves, or someone with authority to speak for them. */
export const GIVERS = ['self', 'parental-responsibility', 'attorney', 'deputy', 'appointee'] as const;
export type GivenBy = (typeof GIVERS)[number];

/**
 * The capacity in which they speak. A child under 16 who was judged competent for this decision speaks for themselves
 * (Gillick v West Norfolk and Wisbech AHA [1986] AC 112). What an attorney or deputy may say differs by matter (Mental
 * Capacity Act 2005 ss.9, 16). An appointee acts in benefits and in nothing else (Social Security (Claims and Payments)
 * Regulations 1987 reg. 33).
 */
export const CAPACITIES = [
  'own',
  'child-judged-competent',
  'child',
  'health-and-welfare',
  'property-and-financial-affairs',
  'benefits',
] as const;
export type Capacity = (typeof CAPACITIES)[number];

/** The capacities that each giver can speak in. */
export const CAPACITIES_OF: Readonly<Record<GivenBy, readonly Capacity[]>> = {
  self: ['own', 'child-judged-competent'],
  'parental-responsibility': ['child'],
  attorney: ['health-and-welfare', 'property-and-financial-affairs'],
  deputy: ['health-and-welfare', 'property-and-financial-affairs'],
  appointee: ['benefits'],
};

export const METHODS = ['in-person', 'telephone', 'video', 'online', 'paper'] as const;

/** A member of staff, by the recording agency's own id for them. */
export interface MemberOfStaff {
  readonly staffId: string;
  readonly role: string;
}

/** What a person said when they were asked, held against subject handles only. */
export interface Permission {
  readonly id: string;
  /** The agency whose system recorded it; the handles are in that agency's view. */
  readonly recordedBy: string;
  readonly answer: PermissionWord;
  readonly kind: PermissionKind;
  readonly purpose: string;
  /** Agency ids that may receive. */
  readonly recipients: readonly string[];
  /** `<data service>#<item>`, e.g. `northmoor-nhs-trust/assessed-needs#summary`; or `<data service>#*`. */
  readonly items: readonly string[];
  readonly givenBy: GivenBy;
  readonly capacity: Capacity;
  /** How it was given, one of {@link METHODS}. */
  readonly method: string;
  /** Version of the wording that the person was shown, and its language (BCP 47). */
  readonly wordingVersion: string;
  readonly language: string;
  /** `null` where nobody did: the person answered a form. */
  readonly askedBy: MemberOfStaff | null;
  /** Absent where the law asks for none, and in records from before there were any. */
  readonly capacityStatement: CapacityStatement | null;
  readonly validFrom: Date;
  /** `null` for a refusal, which does not end. */
  readonly validUntil: Date | null;
  readonly subjectHandles: readonly string[];
  readonly recordedAt: Date;
  readonly withdrawnAt: Date | null;
  /** The later record that reaches everything that this one does. */
  readonly supersededBy: string | null;
  /** Grows with every later word about what this one reaches; who relies on it, relies on it as it then was. */
  readonly revision: number;
}
