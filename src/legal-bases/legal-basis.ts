import type { AgencyType } from '../agencies/agency.js';

/** What a provision is in law. What it does for a stack is said by {@link LegalBasis.supplies}. */
export type LegalBasisKind =
  | 'lawful-basis'
  | 'special-category-condition'
  | 'criminal-offence-condition'
  | 'statutory-gateway'
  | 'statutory-duty'
  | 'law-enforcement'
  | 'confidentiality';

/** The four kinds of "yes" of a person. One never stands in for another. */
export type PermissionKind = 'uk-gdpr-consent' | 'confidentiality' | 'statutory-agreement' | 'service-choice';

/** The parts that make a stack complete: which of them a disclosure needs depends on who sends what. */
export type StackPart =
  | 'lawful-basis'
  | 'power-or-duty'
  | 'special-category-condition'
  | 'criminal-offence-condition'
  | 'confidentiality-gate';

/** One legal basis, condition, power, duty, gate or bar of the project's catalogue (`consent-policies/legal-bases.json`). */
export interface LegalBasis {
  readonly id: string;
  readonly instrument: string;
  readonly provision: string;
  readonly kind: LegalBasisKind;
  readonly title: string;
  readonly plainEnglish: string;
  /** A `restriction` is a bar or a test: never a reason to disclose. */
  readonly effect: 'permissive' | 'mandatory' | 'condition' | 'restriction';
  readonly extent: string;
  /** Only `in-force` can make a disclosure lawful. */
  readonly inForce:
    | 'in-force'
    | 'enacted-commencement-unverified'
    | 'power-only-regulations-not-found'
    | 'partly-repealed-check'
    | 'unverified';
  /** First and last day on which it is in force, `YYYY-MM-DD`, where known. */
  readonly inForceFrom?: string;
  readonly inForceUntil?: string;
  /** The kind of permission that relying on it needs; `null` for none. */
  readonly permission: PermissionKind | null;
  /** The permission must be an express statement (UK GDPR Art. 9(2)(a)). */
  readonly explicit?: true;
  /** The parts of a stack that it fills once its companions stand too; empty for a bar, an exemption or a mere companion. */
  readonly supplies: readonly StackPart[];
  /** Bases that must stand beside it; each inner list is satisfied by any one of its members. */
  readonly needs: readonly (readonly string[])[];
  /** A lawful basis that is laid down by domestic law, so that a power or duty must stand beside it (UK GDPR Art. 6(3)). */
  readonly needsPowerOrDuty?: true;
  /** It needs an appropriate policy document (DPA 2018 Sch. 1 Part 4; s.42), except towards these types of agency. */
  readonly policyDocument?: { readonly unlessTo: readonly AgencyType[] };
  /** Decided each time by a named person: it completes no standing stack. */
  readonly caseByCase?: true;
  /** What it forbids, whatever else would permit it. */
  readonly bars?: readonly Bar[];
  readonly permits: {
    /** `*` is any type. Empty reaches nobody. */
    readonly fromAgencyTypes: readonly (AgencyType | '*')[];
    readonly toAgencyTypes: readonly (AgencyType | '*')[];
    /** Purpose codes; `*` is any purpose, and no power or duty has it. */
    readonly purposes: readonly string[];
  };
  readonly notes: string;
  /** How the entry is modelled where that is more than its source says; shown to officers beside the notes. */
  readonly modelling?: string;
  /** Which wording was read in a source, and which is general knowledge; shown to officers. */
  readonly verified: string;
}

/** A disclosure that a provision forbids. Everything that is given must hold; what is not given holds for any. */
export interface Bar {
  /** Only items that are said to fall under the provision (`restrictedBy` of a data item). */
  readonly restrictedItems?: true;
  /** Only where the provision itself is relied on. */
  readonly reliedOn?: true;
  readonly from?: readonly AgencyType[];
  readonly purposes?: readonly string[];
  readonly exceptPurposes?: readonly string[];
  /** The words of law, for officers. */
  readonly because: string;
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
  /** A named person authorises this one disclosure, so that a basis decided case by case can stand. */
  readonly authorised?: true;
}

export type GapCode =
  | 'no-lawful-basis'
  | 'no-power-or-duty'
  | 'no-special-category-condition'
  | 'no-criminal-offence-condition'
  | 'no-confidentiality-gate'
  | 'needs-companion'
  | 'no-policy-document'
  | 'case-by-case'
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
