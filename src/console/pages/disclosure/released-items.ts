import { PROBLEMS, type ProblemCode } from '../../../api-contract/index.js';
import type { Explanation } from '../../../explanations/explanations.module.js';
import { REASON_CODES, type ReasonCode } from '../../../policy/index.js';
import { RESULT_WORDS } from '../disclosures/disclosure-words.js';

type ExplainedItem = Explanation['items'][number];

/** An item, and whether the requester was given it. */
export interface ReleasedItem {
  readonly name: string;
  readonly isGiven: boolean;
  /** One sentence each; none where it was given in the ordinary way. */
  readonly why: readonly string[];
  /** The leg of the agreement. */
  readonly clause: string | null;
  readonly stack: readonly string[];
  readonly policies: readonly string[];
}

/** The items of an exchange as an officer reads them: what was given, what was not and why, and on which law. */
export function releasedItems(
  explanation: Explanation,
  basisInWords: (basis: ExplainedItem['legalBasis'][number]) => string,
): ReleasedItem[] {
  return explanation.items.map((item) => {
    const { becameOf } = explanation;
    const isGiven = becameOf?.result === 'disclosed' && becameOf.released.includes(item.id);
    return {
      name: item.name,
      isGiven,
      why: isGiven ? sentencesOf(item) : whyNot(item, explanation),
      clause: item.leg,
      stack: item.legalBasis.map(basisInWords),
      policies: item.policies,
    };
  });
}

const sentencesOf = ({ reasons }: ExplainedItem): string[] => reasons.map(({ sentence }) => sentence);

function whyNot(item: ExplainedItem, { becameOf, outcome }: Explanation): string[] {
  if (item.outcome === 'deny') return sentencesOf(item);
  if (outcome === 'deny') return ['It was asked for together with something that may not be shared.'];
  if (!becameOf) return ['No outcome is on record, and nothing goes out without one.'];
  const withheld = becameOf.withheld.find(({ dataItem }) => dataItem === item.id);
  const told = becameOf.result === 'disclosed' ? [] : [RESULT_WORDS[becameOf.result] ?? 'Nothing was released.'];
  return [...told, ...(withheld ? [sentenceOf(withheld.reason)] : [])];
}

/** Of a reason code, or of a fault by the code of its problem. */
function sentenceOf(code: string): string {
  const reason = Object.hasOwn(REASON_CODES, code) ? REASON_CODES[code as ReasonCode] : undefined;
  const problem = Object.hasOwn(PROBLEMS, code) ? `${PROBLEMS[code as ProblemCode].title}.` : undefined;
  return reason ?? problem ?? code;
}
