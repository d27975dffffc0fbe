import { CIVIL_IDENTIFIERS } from './civil-identifiers.js';
import { HEALTH_IDENTIFIERS } from './health-identifiers.js';
import type { IdentifierRule } from './identifier-rule.js';
import { JUSTICE_IDENTIFIERS } from './justice-identifiers.js';
import { NAME_DOB_POSTCODE } from './name-dob-postcode.js';
import { PLACE_IDENTIFIERS } from './place-identifiers.js';

/** Every type of identifier that a subject may be named by, with its rule. A closed list: a data service takes some of them. */
export const IDENTIFIER_TYPES = {
  ...HEALTH_IDENTIFIERS,
  ...CIVIL_IDENTIFIERS,
  ...JUSTICE_IDENTIFIERS,
  ...PLACE_IDENTIFIERS,
  'name-dob-postcode': NAME_DOB_POSTCODE,
} as const satisfies Record<string, IdentifierRule>;

export type IdentifierType = keyof typeof IDENTIFIER_TYPES;

/** Whether there is a rule for a type. */
export function isIdentifierType(type: string): type is IdentifierType {
  return Object.hasOwn(IDENTIFIER_TYPES, type);
}
