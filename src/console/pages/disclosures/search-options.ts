import type { CallingOfficer } from '../../../access/index.js';
import { rolesOf } from '../../../agreements/index.js';
import { REASONS_NOT_TO_SHARE } from '../../../decisions-not-to-share/index.js';
import type { Register } from '../../../definitions/index.js';
import { FILTERS, type DisclosureSummary } from '../../../disclosures/index.js';
import type { LegalBasesCatalogue } from '../../../legal-bases/index.js';
import { REASON_CODES } from '../../../policy/index.js';
import { inWords } from '../../in-words.js';
import type { Names } from '../../names.js';
import { DIRECTION_WORDS, OUTCOME_WORDS, RESULT_WORDS } from './disclosure-words.js';

interface Option {
  readonly value: string;
  readonly text: string;
}

export interface OptionParts {
  readonly register: Register;
  readonly catalogue: LegalBasesCatalogue;
  readonly names: Names;
}

/** What is in front of the officer, so that it can be chosen whether it is known here or not. */
export interface InFront {
  readonly rows: readonly DisclosureSummary[];
  /** What is filled in. */
  readonly filled: Readonly<Record<string, string>>;
}

/** What each list of the form offers: what is known here, what the rows have, and what is chosen already. */
export function searchOptions(
  { agency }: CallingOfficer,
  { rows, filled }: InFront,
  { register, catalogue, names }: OptionParts,
): Readonly<Record<string, readonly Option[]>> {
  const agreements = register.agreementsOf(agency).map(({ agreement }) => agreement);
  const legs = agreements.flatMap((agreement) => agreement.legs);
  const offer = (
    field: string,
    known: readonly string[],
    of: (row: DisclosureSummary) => readonly (string | null)[],
    nameOf: (value: string) => string,
  ): Option[] => {
    const values = new Set([...known, ...rows.flatMap(of), filled[field] ?? null]);
    return [...values]
      .flatMap((value) => (value === null ? [] : [{ value, text: nameOf(value) }]))
      .toSorted((one, other) => one.text.localeCompare(other.text, 'en-GB'));
  };
  const others = agreements.flatMap(({ parties }) => parties).filter((party) => party !== agency);
  const purposes = catalogue.purposes().map(({ code }) => code);
  const bases = legs.flatMap(({ legalBasis, override }) => [...legalBasis, ...(override?.legalBasis ?? [])]);
  return {
    kind: [
      { value: 'exchange', text: 'Exchanges' },
      { value: 'decision-not-to-share', text: 'Decisions not to share' },
    ],
    direction: listed('direction', DIRECTION_WORDS),
    outcome: listed('outcome', OUTCOME_WORDS),
    result: listed('result', RESULT_WORDS),
    pattern: listed('pattern'),
    override: [
      { value: 'yes', text: 'By an override' },
      { value: 'no', text: 'Without an override' },
    ],
    agency: offer(
      'agency',
      others,
      ({ otherAgency }) => [otherAgency],
      (id) => names.agency(id),
    ),
    purpose: offer(
      'purpose',
      purposes,
      ({ purpose }) => [purpose],
      (code) => names.purpose(code),
    ),
    legalBasis: offer(
      'legalBasis',
      bases,
      ({ legalBases }) => legalBases,
      (id) => {
        const title = catalogue.get(id)?.title;
        return title === undefined ? id : `${names.legalBasis(id)}: ${title}`;
      },
    ),
    reason: offer(
      'reason',
      REASONS,
      ({ reasons }) => reasons,
      (code) => names.reason(code),
    ),
    staffRole: offer('staffRole', legs.flatMap(rolesOf), ({ staffRole }) => [staffRole], inWords),
    agreement: offer(
      'agreement',
      agreements.map(({ id }) => id),
      ({ agreement }) => [agreement?.id ?? null],
      (id) => names.agreement(id),
    ),
  };
}

/** Of decisions by rule, and of those that people made. */
const REASONS = [...Object.keys(REASON_CODES), ...REASONS_NOT_TO_SHARE];

/** A closed list of the API, in its order. */
const listed = (
  field: 'direction' | 'outcome' | 'result' | 'pattern',
  words: Readonly<Record<string, string>> = {},
): Option[] => FILTERS[field].takes.map((value) => ({ value, text: words[value] ?? inWords(value) }));
