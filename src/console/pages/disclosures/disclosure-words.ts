import type { DisclosureSummary } from '../../../disclosures/index.js';
import type { Names } from '../../names.js';

/** A tag: its words, and a colour that says nothing that they do not. */
export interface Tag {
  readonly text: string;
  readonly colour: string;
}

export const DIRECTION_WORDS: Readonly<Record<string, string>> = {
  requested: 'Your agency asked',
  supplied: 'Your agency was asked',
};

export const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  permit: 'Permitted',
  'permit-partial': 'Permitted in part',
  deny: 'Refused',
};

/** What became of a permit. */
export const RESULT_WORDS: Readonly<Record<string, string>> = {
  disclosed: 'It was released to the requester.',
  'supplier-failed': 'It could not be fetched from the supplier, so nothing was released.',
  'permit-lapsed': 'Something that it rested on ended before it was sent, so nothing was released.',
  unconfirmed: 'Its record was not confirmed, so nothing was released.',
  'not-released': 'Its record was found in the log only afterwards, so nothing was released.',
};

/** What came of an exchange, in two or three words. */
export function fateOf({ kind, outcome, result }: Pick<DisclosureSummary, 'kind' | 'outcome' | 'result'>): Tag {
  if (kind === 'decision-not-to-share') return { text: 'Not shared', colour: 'grey' };
  if (outcome === 'deny') return { text: 'Refused', colour: 'red' };
  if (result === null) return { text: 'No outcome', colour: 'orange' };
  if (result !== 'disclosed') return { text: 'Not released', colour: 'orange' };
  return outcome === 'permit'
    ? { text: 'Disclosed', colour: 'green' }
    : { text: 'Disclosed in part', colour: 'yellow' };
}

/** What else is to be seen at a glance. */
export const marksOf = ({
  overrideReason,
  lawEnforcement,
}: Pick<DisclosureSummary, 'overrideReason' | 'lawEnforcement'>): Tag[] => [
  ...(overrideReason === null ? [] : [{ text: 'Override', colour: 'purple' }]),
  ...(lawEnforcement ? [{ text: 'Law enforcement', colour: 'blue' }] : []),
];

/** A disclosure as tables show it; see `disclosures/table.njk`. */
export function rowOf(disclosure: DisclosureSummary, names: Names): object {
  const { exchangeId, decidedAt, direction, otherAgency, purpose, items, released } = disclosure;
  return {
    decidedAt,
    direction,
    address: `/console/disclosures/${exchangeId}`,
    otherName: otherAgency === null ? null : names.agency(otherAgency),
    purposeName: purpose === null ? null : names.purpose(purpose),
    given: `${released.length} of ${items.length}`,
    fate: fateOf(disclosure),
    marks: marksOf(disclosure),
  };
}
