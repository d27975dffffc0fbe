import type { IdentifierFault, IdentifierRule } from './identifier-rule.js';
import { IDENTIFIER_TYPES, isIdentifierType, type IdentifierType } from './identifier-types.js';

export type ParsedIdentifier =
  | { readonly ok: true; readonly type: IdentifierType; readonly value: string }
  | { readonly ok: false; readonly reason: 'unknown-type' | IdentifierFault };

/** Longest text that is looked at, characters. */
const LONGEST_TEXT = 200;

/**
 * Reads an identifier by the published rule of its type, and gives its one normal form: two ways of writing one identifier
 * come out equal. Never throws, and never gives back a value that it refuses.
 *
 * Does NOT trace: that a number satisfies its rule does not mean that it was ever issued, or to whom.
 *
 * @param at The current instant, for a PNC id whose year has two digits; without it, such a one is malformed
 */
export function parseIdentifier(type: string, value: string, at?: Date): ParsedIdentifier {
  if (!isIdentifierType(type)) return { ok: false, reason: 'unknown-type' };
  if (value.length > LONGEST_TEXT) return { ok: false, reason: 'malformed' };
  const rule: IdentifierRule = IDENTIFIER_TYPES[type];
  const reading = rule.read(value, at?.getUTCFullYear());
  return 'fault' in reading ? { ok: false, reason: reading.fault } : { ok: true, type, value: reading.value };
}

/** Ten digits as people group them. Others, such as 2026-001234, are no health number, though one in eleven satisfies the check. */
const GROUPED_AS_HEALTH_NUMBER = /^\s*\d{3}[\s-]?\d{3}[\s-]?\d{4}\s*$/;

/**
 * Whether a text as a whole is an identifier of a person: for refusing one where a name of a case or of a member of staff
 * belongs.
 *
 * INVARIANT: 1. Case references and staff ids are recorded; identifiers of persons are not.
 *
 * Does NOT look inside a longer text, and lets pass forms that other numbers often have (passport number, unique taxpayer
 * reference, asylum support reference). One in eleven plain numbers of ten digits is taken for a health number.
 */
export function looksLikePersonIdentifier(text: string): boolean {
  if (text.length > LONGEST_TEXT || !FEWEST_DIGITS.test(text)) return false;
  if (/^[\d\s-]*$/.test(text) && !GROUPED_AS_HEALTH_NUMBER.test(text)) return false;
  const rules: IdentifierRule[] = Object.values(IDENTIFIER_TYPES);
  return rules.some((rule) => rule.names === 'person' && rule.distinctive && 'value' in rule.read(text, LATEST_YEAR));
}

/** No identifier of a person has fewer; most names have none, and are passed at once. */
const FEWEST_DIGITS = /\d(?:\D*\d){2}/;

/** Makes every two-digit year readable; which century it means does not matter here. */
const LATEST_YEAR = 2099;
