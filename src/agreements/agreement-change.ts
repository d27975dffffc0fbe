import type { Agreement, Hours, Leg } from './agreement.js';

/** Members of a set that a version may add or remove. */
type Part =
  | 'party'
  | 'purpose'
  | 'leg'
  | 'item'
  | 'pattern'
  | 'role'
  | 'identifier-type'
  | 'case-reference'
  | 'legal-basis'
  | 'policy-document';

export type AgreementChangeKind =
  | `${Part}-${'added' | 'removed'}`
  | 'unmatched-changed'
  | 'asks-changed'
  | 'override-changed'
  | 'assurance-changed'
  | 'tell-of-withdrawal-changed'
  | 'budget-changed'
  | 'hours-changed'
  | 'answering-leg-changed'
  | 'id-changed'
  | 'version-changed'
  | 'title-changed'
  | 'dates-changed'
  | 'retention-changed'
  | 'policy-document-changed';

/** What a change does to what may be shared. `changes`: neither by itself, or what only a person can tell. */
export type ChangeEffect = 'widens' | 'narrows' | 'changes';

/** One difference between two versions of an agreement. */
export interface AgreementChange {
  readonly kind: AgreementChangeKind;
  readonly effect: ChangeEffect;
  /** The leg concerned; absent where it is the agreement itself, e.g. for the purposes that the agreement names. */
  readonly leg?: string;
  /** Agency ids of that leg: who discloses and who receives. */
  readonly from?: string;
  readonly to?: string;
  readonly dataService?: string;
  /** Id of what came or went, or the member that differs, e.g. `endsOn`. */
  readonly what?: string;
  /** As the older and the newer version have it; absent where what came or went says it all. */
  readonly before?: string | number | Leg | Hours | Agreement['policyDocument'];
  readonly after?: string | number | Leg | Hours | Agreement['policyDocument'];
  /** In plain English, on one line and without a full stop, e.g. `adds: council may now ask trust (trust/needs) for needs; for: care`. */
  readonly sentence: string;
}

/** Words for the ids that sentences name. */
export interface AgreementNames {
  readonly agency: (id: string) => string;
  readonly item: (dataService: string, id: string) => string;
  readonly purpose: (code: string) => string;
  readonly legalBasis: (id: string) => string;
}

/** Every id as it stands. */
export const IDS: AgreementNames = {
  agency: (id) => id,
  item: (_, id) => id,
  purpose: (code) => code,
  legalBasis: (id) => id,
};

const CARE: readonly ChangeEffect[] = ['widens', 'changes', 'narrows'];

/** What widens first, because it must not be overlooked; then what has to be read; then what narrows. */
export const inOrderOfCare = (changes: readonly AgreementChange[]): AgreementChange[] =>
  changes.toSorted((one, other) => CARE.indexOf(one.effect) - CARE.indexOf(other.effect));

/** What is in one set and not in another, each once. */
export const onlyIn = <T>(set: readonly T[], other: readonly T[]): T[] =>
  [...new Set(set)].filter((one) => !other.includes(one));

/** What a set gained, which widens, and what it lost, which narrows. `say` is given the id, and "now" or "no longer". */
export function setChanges(
  part: Part,
  older: readonly string[],
  newer: readonly string[],
  say: (what: string, now: string) => string,
): AgreementChange[] {
  return [
    ...onlyIn(newer, older).map((what): AgreementChange => {
      return { kind: `${part}-added`, effect: 'widens', what, sentence: `adds: ${say(what, 'now')}` };
    }),
    ...onlyIn(older, newer).map((what): AgreementChange => {
      return { kind: `${part}-removed`, effect: 'narrows', what, sentence: `removes: ${say(what, 'no longer')}` };
    }),
  ];
}

/** A value in place of another; nothing when they are the same. Without `effect` it is for a person to read. */
export function replacement<T extends string | number | undefined>(
  kind: AgreementChangeKind,
  what: string,
  words: string,
  before: T,
  after: T,
  effect: (before: T, after: T) => ChangeEffect = () => 'changes',
): AgreementChange[] {
  if (before === after) return [];
  const sentence = `changes: ${words} now ${shown(after)}; before: ${shown(before)}`;
  return [
    {
      kind,
      effect: effect(before, after),
      what,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      sentence,
    },
  ];
}

/** A later day widens. No day at all is later than any: a review that is not due never comes. */
export const laterWidens = (before: string | undefined, after: string | undefined): ChangeEffect =>
  before !== undefined && (after === undefined || after > before) ? 'widens' : 'narrows';

/** Days, numbers and names as they are; other text in quotation marks, on one line. */
function shown(value: string | number | undefined): string {
  if (value === undefined) return 'none';
  return /^[\w-]+$/.test(String(value)) ? String(value) : quoted(String(value));
}

/** A text as a JSON string, with escapes for what would break the line, move the cursor or turn the writing round. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
