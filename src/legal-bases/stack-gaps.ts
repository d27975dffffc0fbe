import type { AgencyType } from '../agencies/agency.js';
import type { LegalBasesCatalogue } from './legal-bases-catalogue.js';
import type { Flow, GapCode, LegalBasis, LegalBasisKind, StackGap, StackPart } from './legal-basis.js';
import { examineStack, type ExaminedStack } from './standing-bases.js';

/** Agency types that are not public bodies; every other type is one, and may disclose only what a power or duty lets it. */
const NOT_PUBLIC_BODIES: readonly AgencyType[] = [
  'housing-association',
  'private-provider',
  'voluntary-sector',
  'utility',
  'anti-fraud-organisation',
  'elected-representative',
];

interface PartRule {
  readonly code: GapCode;
  readonly words: string;
  /** The kinds of basis that somebody names for this part. */
  readonly kinds: readonly LegalBasisKind[];
}

const PARTS: Readonly<Record<StackPart, PartRule>> = {
  'lawful-basis': {
    code: 'no-lawful-basis',
    words: 'a lawful basis (UK GDPR Art. 6 or DPA 2018 Part 3)',
    kinds: ['lawful-basis', 'law-enforcement'],
  },
  'power-or-duty': {
    code: 'no-power-or-duty',
    words: 'a power or duty to disclose',
    kinds: ['statutory-gateway', 'statutory-duty', 'law-enforcement'],
  },
  'special-category-condition': {
    code: 'no-special-category-condition',
    words: 'a condition for special-category data (UK GDPR Art. 9)',
    kinds: ['special-category-condition', 'law-enforcement'],
  },
  'criminal-offence-condition': {
    code: 'no-criminal-offence-condition',
    words: 'a condition for criminal-offence data (UK GDPR Art. 10 and DPA 2018 Sch. 1)',
    kinds: ['criminal-offence-condition', 'special-category-condition'],
  },
  'confidentiality-gate': {
    code: 'no-confidentiality-gate',
    words: 'a gate for confidential information, which no power opens by itself',
    kinds: ['confidentiality'],
  },
};

/**
 * Says everything that a legal basis stack lacks for one flow. An empty list means that the stack is complete.
 *
 * INVARIANT: 4. The list MUST be non-empty unless a lawful basis, a power or duty (always for a public body, and with
 * Art. 6(1)(c) and (e)), the condition that the item's sensitivity asks for and, for a confidential item, a gate all stand:
 * known, in force on `flow.on`, reaching the sender, the recipient and the purpose, with their companions and policy
 * document. A basis that does not reach the flow fills no part; it is a gap only where its part stays empty, so that a leg
 * for several purposes can name a power for each.
 *
 * Does NOT check that a permission was given (see `requiredPermissions`), the extent of an Act within the United Kingdom,
 * that a disclosure is necessary and proportionate, or bars that depend on what an item means.
 */
export function stackGaps(catalogue: LegalBasesCatalogue, stackIds: readonly string[], flow: Flow): StackGap[] {
  const stack = examineStack(catalogue, stackIds, flow);
  return [...stack.refused, ...missingParts(stack, flow).flatMap((part) => explain(stack, part, flow))].filter(isFirst);
}

function missingParts(stack: ExaminedStack, flow: Flow): StackPart[] {
  const standing = stack.standing.values().toArray();
  return neededParts(standing, flow).filter((part) => !standing.some((basis) => basis.supplies.includes(part)));
}

/** The parts that a stack needs for a flow, given the bases of it that stand. */
export function neededParts(standing: readonly LegalBasis[], flow: Flow): StackPart[] {
  const lawful = standing.filter((basis) => basis.supplies.includes('lawful-basis'));
  const restsOnLaw = lawful.length > 0 && lawful.every((basis) => basis.needsPowerOrDuty);
  const parts: StackPart[] = ['lawful-basis'];
  if (restsOnLaw || !NOT_PUBLIC_BODIES.includes(flow.from)) parts.push('power-or-duty');
  if (flow.sensitivity === 'special-category') parts.push('special-category-condition');
  if (flow.sensitivity === 'criminal-offence') parts.push('criminal-offence-condition');
  if (flow.confidential) parts.push('confidentiality-gate');
  return parts;
}

/** The missing part, then why each basis that somebody may have named for it does not fill it. */
function explain(stack: ExaminedStack, part: StackPart, flow: Flow): StackGap[] {
  const { code, words, kinds } = PARTS[part];
  const isNamedFor = ({ kind, supplies }: LegalBasis): boolean =>
    supplies.includes(part) || (supplies.length === 0 && kinds.includes(kind));
  const idle = stack.standing
    .values()
    .filter(isNamedFor)
    .map(({ id }) => id)
    .toArray();
  const remark = idle.length > 0 ? ` (not filled by ${idle.join(', ')})` : '';
  const message = `The stack lacks ${words} for ${flow.from} to ${flow.to}, ${flow.purpose}${remark}.`;
  const named = stack.fallen.values().filter(({ basis }) => isNamedFor(basis));
  return [{ code, message }, ...named.flatMap(({ reasons }) => reasons)];
}

function isFirst(gap: StackGap, index: number, all: readonly StackGap[]): boolean {
  return all.findIndex((other) => other.code === gap.code && other.message === gap.message) === index;
}
