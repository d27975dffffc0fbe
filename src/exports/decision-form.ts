import { list, table, type Cell, type Section, type StructuredDocument } from '../agreement-documents/index.js';
import type { Agreement } from '../agreements/index.js';
import type { DecisionNotToShareClaims } from '../disclosure-log/index.js';
import type { Explanation } from '../explanations/explanations.module.js';
import type { LegalBasesCatalogue, LegalBasis, LegalBasisKind } from '../legal-bases/index.js';

/** What the form says where it asks for something that the record does not hold. */
export const NOT_ON_RECORD = 'Not stated in the record.';

/** An exchange as its officer may know it, and the agreement that it was under. */
export interface DecidedExchange {
  readonly explanation: Explanation;
  /** The version that was decided under, where it is kept. */
  readonly agreement: Agreement | undefined;
}

/** A decision that somebody made outside the gateway, with the names of today. */
export interface DecidedOutside {
  readonly claims: DecisionNotToShareClaims;
  readonly logIndex: number;
  readonly agencyName: (id: string) => string;
}

type Answers = Readonly<Record<string, Cell>>;

/**
 * The decision form of the ICO's data sharing code of practice (Annex B), filled from the record of one exchange; of a refusal
 * as well as of a disclosure. What the record does not hold is said to be not stated: nobody has to guess whether it was asked.
 *
 * INVARIANT: 1. Nothing of a person is in it, as nothing is in an explanation.
 * @param legalBases says what kind of provision a legal basis is; its words are those of the day, from the explanation
 */
export function decisionForm(
  { explanation, agreement }: DecidedExchange,
  legalBases: LegalBasesCatalogue,
): StructuredDocument {
  const { requester, supplier, becameOf, override } = explanation;
  const bases = new Map(explanation.items.flatMap(({ legalBasis }) => legalBasis).map((basis) => [basis.id, basis]));
  const refused = explanation.outcome === 'deny';
  const ofKind = (...kinds: LegalBasisKind[]): Cell =>
    listed(
      [...bases.values()]
        .filter(({ id }) => kinds.includes(legalBases.get(id)?.kind as LegalBasisKind))
        .map((basis) => (refused ? `Considered: ${provisionOf(basis)}` : provisionOf(basis))),
    );
  return form(explanation.exchangeId, {
    request: {
      'Organisation receiving the request': supplier?.name ?? NOT_ON_RECORD,
      'Organisation making the request': requester.name,
      'Name and position of the person asking': named(requester.staffId, requester.role),
      'Date the request was received': explanation.decidedAt,
      'Description of the data requested': listed(explanation.items.map(({ name }) => name)),
      'Controller relationship': supplier ? 'Each organisation is a controller of what it holds.' : NOT_ON_RECORD,
      'Data sharing agreement in place': explanation.agreement
        ? `${explanation.agreement.title ?? explanation.agreement.id} (${explanation.agreement.id}, version ${explanation.agreement.version}, SHA-256 ${explanation.agreement.hash})`
        : 'None that covers this request.',
      'Purpose of the sharing': explanation.purpose?.name ?? NOT_ON_RECORD,
      'Why the sharing is necessary': explanation.justification ?? NOT_ON_RECORD,
    },
    law: {
      'Lawful basis': ofKind('lawful-basis'),
      'Conditions for special category data': ofKind('special-category-condition'),
      'Conditions for criminal offence data': ofKind('criminal-offence-condition'),
      'Provisions of Part 3 (law enforcement processing)': ofKind('law-enforcement'),
      'Legal power or duty to share': ofKind('statutory-gateway', 'statutory-duty'),
      'Duty of confidence': ofKind('confidentiality'),
      'Data protection impact assessment considered, and its outcome': NOT_ON_RECORD,
      'View of the data protection officer': NOT_ON_RECORD,
    },
    arrangements: {
      'Retention and deletion': agreement?.retention.requester ?? NOT_ON_RECORD,
      Security: SECURITY,
      'How the rights of individuals are met': NOT_ON_RECORD,
      'Date or intervals of the sharing':
        becameOf?.result === 'disclosed' ? `Once, at ${becameOf.at}.` : 'Nothing was shared.',
    },
    decision: {
      Decision: decisionInWords(explanation),
      'Data shared': listed(nameItems(explanation, becameOf?.result === 'disclosed' ? becameOf.released : [])),
      'Reasons for sharing or not sharing': listed(reasonsOf(explanation)),
      'Decision taken by': override
        ? `Authorised by ${named(override.staffId, override.role)}; reason: ${inWords(override.reason)}. Decided by the gateway under policies ${explanation.policyVersion}.`
        : `The gateway, by rule: agreement, legal bases and policies ${explanation.policyVersion}.`,
      'Date of the decision': explanation.decidedAt,
      'Signed and dated': `Stands in the disclosure log as ${explanation.entries.map(({ index, kind }) => `entry ${index} (${kind})`).join(', ')}, under its signed checkpoints.`,
    },
  });
}

/** The same of a decision not to share that a person made about a request from outside the gateway. */
export function decisionNotToShareForm(
  { claims, logIndex, agencyName }: DecidedOutside,
  legalBases: LegalBasesCatalogue,
): StructuredDocument {
  const considered = claims.legalBasis.map((id) => legalBases.get(id)).filter((basis) => basis !== undefined);
  const ofKind = (...kinds: LegalBasisKind[]): Cell =>
    listed(considered.filter(({ kind }) => kinds.includes(kind)).map((basis) => `Considered: ${provisionOf(basis)}`));
  return form(claims.exchangeId, {
    request: {
      'Organisation receiving the request': agencyName(claims.supplier),
      'Organisation making the request': agencyName(claims.askedBy),
      'Name and position of the person asking': NOT_ON_RECORD,
      'Date the request was received': NOT_ON_RECORD,
      'Description of the data requested': listed(claims.items),
      'Controller relationship': 'Each organisation is a controller of what it holds.',
      'Data sharing agreement in place': NOT_ON_RECORD,
      'Purpose of the sharing': legalBases.purpose(claims.purpose)?.title ?? claims.purpose,
      'Why the sharing is necessary': NOT_ON_RECORD,
    },
    law: {
      'Lawful basis': ofKind('lawful-basis'),
      'Conditions for special category data': ofKind('special-category-condition'),
      'Conditions for criminal offence data': ofKind('criminal-offence-condition'),
      'Provisions of Part 3 (law enforcement processing)': ofKind('law-enforcement'),
      'Legal power or duty to share': ofKind('statutory-gateway', 'statutory-duty'),
      'Duty of confidence': ofKind('confidentiality'),
      'Data protection impact assessment considered, and its outcome': NOT_ON_RECORD,
      'View of the data protection officer': NOT_ON_RECORD,
    },
    arrangements: {
      'Retention and deletion': 'Nothing was shared.',
      Security: 'Nothing was shared.',
      'How the rights of individuals are met': NOT_ON_RECORD,
      'Date or intervals of the sharing': 'Nothing was shared.',
    },
    decision: {
      Decision: 'Not to share.',
      'Data shared': 'None.',
      'Reasons for sharing or not sharing': inWords(claims.reason),
      'Decision taken by': named(claims.decidedBy.staffId, claims.decidedBy.role),
      'Date of the decision': `${claims.at} (when it was recorded, by ${claims.recordedBy})`,
      'Signed and dated': `Stands in the disclosure log as entry ${logIndex} (decision-not-to-share), under its signed checkpoints.`,
    },
  });
}

const SECURITY =
  'Through the gateway: key-bound tokens, permitted items only, each disclosure in a tamper-evident log, no personal data kept. Of the organisations’ own systems: not stated in the record.';

function form(
  exchangeId: string,
  answers: Readonly<Record<'request' | 'law' | 'arrangements' | 'decision', Answers>>,
): StructuredDocument {
  const section = (heading: string, of: Answers): Section => ({
    heading,
    blocks: [table(heading, ['Question', 'Answer'], Object.entries(of))],
  });
  return {
    title: 'Data sharing decision form',
    blocks: [
      list(
        `Exchange ${exchangeId}.`,
        'The headings are those of Annex B of the data sharing code of practice (ICO, 2021). The answers are from the record that the gateway keeps of this decision; times are UTC.',
        'Where it says that something is not stated in the record, the organisation keeps the answer elsewhere, or has to add it.',
      ),
    ],
    sections: [
      section('The request', answers.request),
      section('The law', answers.law),
      section('Arrangements', answers.arrangements),
      section('The decision', answers.decision),
    ],
  };
}

function decisionInWords({ outcome, becameOf }: Explanation): string {
  if (outcome === 'deny') return 'Not to share.';
  const decided = outcome === 'permit' ? 'To share.' : 'To share in part.';
  return becameOf?.result === 'disclosed'
    ? decided
    : `${decided} Nothing was shared in the end: ${becameOf ? inWords(becameOf.result) : 'no answer is on record'}.`;
}

/** What is said of the whole, and of an item what is not said of the whole. */
function reasonsOf({ reasons, items, agreement }: Explanation): string[] {
  const whole = reasons.map(({ code, sentence }) => `${sentence} (${code})`);
  const each = items.flatMap(({ name, reasons: own }) =>
    own
      .filter(({ code }) => !reasons.some((one) => one.code === code))
      .map(({ code, sentence }) => `${name}: ${sentence} (${code})`),
  );
  if (whole.length + each.length > 0) return [...whole, ...each];
  return agreement ? ['The agreement and its legal bases let it be shared for this purpose.'] : [];
}

const nameItems = ({ items }: Explanation, ids: readonly string[]): string[] =>
  ids.map((id) => items.find((item) => item.id === id)?.name ?? id);

const named = (staffId: string | null, role: string | null): string =>
  role === null && staffId === null
    ? NOT_ON_RECORD
    : `${role === null ? 'Position not stated' : inWords(role)}${staffId === null ? '; staff id is for officers of their own organisation' : ` (staff id ${staffId})`}`;

const provisionOf = ({
  id,
  instrument,
  provision,
  title,
}: Pick<LegalBasis, 'id'> & { readonly [Name in 'instrument' | 'provision' | 'title']: string | null }): string =>
  instrument === null ? id : `${instrument}, ${provision ?? ''} (${title ?? id})`;

const listed = (texts: readonly string[]): Cell => (texts.length > 0 ? texts : 'None on record.');
const inWords = (code: string): string => code.replaceAll('-', ' ');
