import type { PermissionKind } from '../legal-bases/legal-basis.js';

/** Who speaks. A person for themselves, or someone with authority to speak for them. */
export type GivenBy = 'self' | 'parental-responsibility' | 'attorney' | 'deputy';
/** The capacity in which they speak; `deputy` and `attorney` differ by matter. */
export type Capacity = 'own' | 'child' | 'health-and-welfare' | 'property-and-financial-affairs';

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
  /** How it was given: `in-person`, `telephone`, `online`, `paper`. */
  readonly method: string;
  /** Version of the wording that the person was shown. */
  readonly wordingVersion: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
  readonly subjectHandles: readonly string[];
  readonly recordedAt: Date;
  readonly withdrawnAt: Date | null;
}
