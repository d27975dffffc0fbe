import type { CaseReferenceRule } from './agreement.js';

/** Longest case reference that is looked at, characters. With the rules below it bounds the time that matching takes. */
export const LONGEST_CASE_REFERENCE = 64;

/** With these, the worst reference is refused after about a million steps. */
const MOST_VARYING_PARTS = 2;
const MOST_ALTERNATIVES = 8;

/**
 * Says why a pattern may not recognise case references, or `undefined` when it may. A pattern is anchored at both ends and
 * holds nothing that makes matching slow: no look-around, no back-reference, no repeated group, few choices.
 */
export function caseReferenceFault(pattern: string): string | undefined {
  if (!compile(pattern)) return 'is not a regular expression';
  const bare = withoutEscapesAndClasses(pattern);
  if (!bare.startsWith('^') || !bare.endsWith('$')) return 'is not anchored: it must start with ^ and end with $';
  if (/\\[1-9k]/.test(pattern.replaceAll('\\\\', ''))) return 'has a back-reference';
  if (/\(\?(?!:)/.test(bare)) return 'has a look-around or a named group';
  if (/\)[*+{]/.test(bare)) return 'repeats a group';
  if (hasAlternativeOutsideGroup(bare)) return 'has an alternative outside a group, which is not anchored';
  const varying = bare.replaceAll('(?:', '(').match(/[*+?]|\{\d+,\d*\}/g) ?? [];
  if (varying.length > MOST_VARYING_PARTS) return `has more than ${MOST_VARYING_PARTS} parts of varying length`;
  if (bare.split('|').length - 1 > MOST_ALTERNATIVES) return `has more than ${MOST_ALTERNATIVES} alternatives`;
  return undefined;
}

/** Whether a case reference has the form that a rule asks for. A pattern that may not be used recognises nothing. */
export function acceptsCaseReference({ pattern }: CaseReferenceRule, reference: string): boolean {
  if (reference.length > LONGEST_CASE_REFERENCE) return false;
  let recognise = recognisers.get(pattern);
  if (recognise === undefined) {
    if (recognisers.size >= MOST_REMEMBERED) recognisers.clear();
    recognise = caseReferenceFault(pattern) === undefined ? compile(pattern) : undefined;
    recognisers.set(pattern, (recognise ??= MATCHES_NOTHING));
  }
  return recognise.test(reference);
}

const MOST_REMEMBERED = 1_000;
const MATCHES_NOTHING = /^(?!)/;
const recognisers = new Map<string, RegExp>();

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

/** The pattern with each escape and each character class made one letter, so that what is left is structure. */
function withoutEscapesAndClasses(pattern: string): string {
  return pattern.replaceAll(/\\./gu, 'x').replaceAll(/\[[^\]]*\]/gu, 'x');
}

function hasAlternativeOutsideGroup(bare: string): boolean {
  let depth = 0;
  for (const character of bare) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '|' && depth === 0) return true;
  }
  return false;
}
