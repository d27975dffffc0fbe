import type { AgencyType } from '../agencies/index.js';
import type { LegalBasisKind, PermissionKind } from '../legal-bases/index.js';

/** What a document says where a template asks for something that the machine form does not hold. */
export const NOT_STATED = 'Not stated in this agreement.';

/** What a provision is in law, in the words of an officer. */
export const KIND_OF_BASIS: Readonly<Record<LegalBasisKind, string>> = {
  'lawful-basis': 'Lawful basis',
  'special-category-condition': 'Condition for special category data',
  'criminal-offence-condition': 'Condition for criminal offence data',
  'statutory-gateway': 'Statutory power',
  'statutory-duty': 'Statutory duty',
  'law-enforcement': 'Law enforcement processing (DPA 2018 Part 3)',
  confidentiality: 'Duty of confidence',
};

/** The four kinds of permission. One never stands in for another, so no two have the same words. */
export const KIND_OF_PERMISSION: Readonly<Record<PermissionKind, string>> = {
  'uk-gdpr-consent': 'consent under the UK GDPR',
  confidentiality: 'permission under the duty of confidence',
  'statutory-agreement': 'agreement that a statute asks for',
  'service-choice': 'choice of a service',
};

const IN_CAPITALS: ReadonlySet<string> = new Set<AgencyType>(['icb', 'dwp', 'hmrc', 'dvla']);

/** A type of agency as words, e.g. `NHS provider`, `fire and rescue`. */
export function agencyTypeInWords(type: AgencyType): string {
  if (IN_CAPITALS.has(type)) return type.toUpperCase();
  if (type === 'dfe') return 'DfE';
  return inWords(type)
    .replace(/^nhs\b/, 'NHS')
    .replace(/^hm\b/, 'HM')
    .replace(/^gp\b/, 'GP');
}

/** A code of a closed list as words, e.g. `special-category` as `special category`. */
export const inWords = (code: string): string => code.replaceAll('-', ' ');

/** `2026-01-01` as `1 January 2026`. */
export function dateInWords(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

export const years = (count: number): string => `${count} ${count === 1 ? 'year' : 'years'}`;
