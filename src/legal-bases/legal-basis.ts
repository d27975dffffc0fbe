import type { AgencyType } from '../agencies/agency.js';

export type LegalBasisKind =
  | 'lawful-basis'
  | 'special-category-condition'
  | 'criminal-offence-condition'
  | 'statutory-gateway'
  | 'statutory-duty'
  | 'law-enforcement'
  | 'confidentiality';

export type PermissionKind = 'uk-gdpr-consent' | 'confidentiality' | 'statutory-agreement' | 'service-choice';

/** One legal basis, condition, power, duty, gate or bar of the project's catalogue (`consent-policies/legal-bases.json`). */
export interface LegalBasis {
  readonly id: string;
  readonly instrument: string;
  readonly provision: string;
  readonly kind: LegalBasisKind;
  readonly title: string;
  readonly plainEnglish: string;
  readonly effect: 'permissive' | 'mandatory' | 'condition' | 'restriction';
  readonly extent: string;
  /** Only `in-force` can make a disclosure lawful. */
  readonly inForce: string;
  /** First and last day on which it is in force, `YYYY-MM-DD`, where known. */
  readonly inForceFrom?: string;
  readonly inForceUntil?: string;
  /** The kind of permission that relying on it needs; `null` for none. */
  readonly permission: PermissionKind | null;
  readonly permits: {
    readonly fromAgencyTypes: readonly (AgencyType | '*')[];
    readonly toAgencyTypes: readonly (AgencyType | '*')[];
    readonly purposes: readonly string[];
  };
  /** Bases that must stand beside it; each inner list is satisfied by any one of its members. */
  readonly needs: readonly (readonly string[])[];
  readonly notes: string;
  /** Which wording was read in a source, and which is general knowledge; shown to officers. */
  readonly verified: string;
}

/** A purpose code. A lawful basis or condition that names a broader purpose covers the narrower; a power never does. */
export interface Purpose {
  readonly code: string;
  readonly title: string;
  readonly broader: readonly string[];
}

/** What flows, from whom to whom and why: everything that the completeness of a stack depends on. */
export interface Flow {
  readonly from: AgencyType;
  readonly to: AgencyType;
  readonly purpose: string;
  readonly sensitivity: 'standard' | 'special-category' | 'criminal-offence';
  readonly confidential: boolean;
  /** Day of the disclosure, `YYYY-MM-DD`. */
  readonly on: string;
  /** The agreement holds an appropriate policy document (DPA 2018 Sch. 1 Part 4). */
  readonly policyDocument: boolean;
}

export type GapCode =
  | 'no-lawful-basis'
  | 'no-power-or-duty'
  | 'no-special-category-condition'
  | 'no-criminal-offence-condition'
  | 'no-confidentiality-gate'
  | 'needs-companion'
  | 'no-policy-document'
  | 'unknown-basis'
  | 'not-in-force'
  | 'agency-type-not-covered'
  | 'purpose-not-covered'
  | 'bars-disclosure';

/** One thing that a legal basis stack lacks, with the sentence an officer reads. */
export interface StackGap {
  readonly code: GapCode;
  /** The basis concerned, where there is one. */
  readonly basis?: string;
  readonly message: string;
}
