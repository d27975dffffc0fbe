import type { PermissionKind } from '../legal-bases/legal-basis.js';

export const PERMISSION_KINDS = [
  'uk-gdpr-consent',
  'confidentiality',
  'statutory-agreement',
  'service-choice',
] as const;

/** Who speaks: a person for themselves, or someone with authority to speak for them. */
export const GIVERS = ['self', 'parental-responsibility', 'attorney', 'deputy'] as const;
export type GivenBy = (typeof GIVERS)[number];

/** The capacity in which they speak. What an attorney or deputy may say differs by matter (Mental Capacity Act 2005 ss.9, 16). */
export const CAPACITIES = ['own', 'child', 'health-and-welfare', 'property-and-financial-affairs'] as const;
export type Capacity = (typeof CAPACITIES)[number];

/** The capacities that each giver can speak in. */
export const CAPACITIES_OF: Readonly<Record<GivenBy, readonly Capacity[]>> = {
  self: ['own'],
  'parental-responsibility': ['child'],
  attorney: ['health-and-welfare', 'property-and-financial-affairs'],
  deputy: ['health-and-welfare', 'property-and-financial-affairs'],
};

export const METHODS = ['in-person', 'telephone', 'video', 'online', 'paper'] as const;

/** A recorded "yes" of a person, held against subject handles only. */
export interface Permission {
  readonly id: string;
  /** The agency whose system recorded it; the handles are in that agency's view. */
  readonly recordedBy: string;
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
  /** Version of the wording that the person was shown. */
  readonly wordingVersion: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
  readonly subjectHandles: readonly string[];
  readonly recordedAt: Date;
  readonly withdrawnAt: Date | null;
}
