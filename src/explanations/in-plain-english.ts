import type { OverrideReason } from '../agreements/index.js';
import type { LegalBasis } from '../legal-bases/index.js';
import type { ReasonCode } from '../policy/index.js';
import { ukTime } from './uk-time.js';
import type { ExplainedItem, Explanation } from './explanation.js';

type Explained = Omit<Explanation, 'paragraph'>;

/** Completes "It was not given ... because". */
const BECAUSE: Readonly<Partial<Record<ReasonCode, string>>> = {
  DENY_NO_LEGAL_BASIS: 'there was no agreement between them that covers this with everything that the law asks for',
  DENY_PURPOSE_MISMATCH: 'the agreement between them does not cover this purpose',
  DENY_CONSENT_REQUIRED: 'this needs permission, and none stood at that time that reaches it',
  DENY_AUTHORITY_SCOPE: 'whoever gave permission could not give it for this',
  DENY_NO_RELATIONSHIP: 'the request did not say which case it was for',
  DENY_NOT_NECESSARY: 'this is not needed for the kind of case that the request was for',
  DENY_RECIPIENT_NOT_PARTY: 'whoever asked is not a party to an agreement that gives it to them',
  DENY_RECIPIENT_CONDITION: 'the agreement between them does not let this be asked for in that way',
  DENY_STATUTORY_BAR: 'the law forbids it',
  DENY_AGREEMENT_PATTERN_NOT_ALLOWED: 'the agreement between them does not let this be asked for in that way',
  REVIEW_HUMAN: 'a person has to decide this, and a computer may not',
  PERMIT_PARTIAL_OBJECTION: 'there was an objection to sharing it',
  PERMIT_PARTIAL_SUPPRESSED: 'it is kept back for somebody’s safety',
};

/** Completes "a member of staff ... decided that it had to be, because". */
const OVERRIDDEN_BECAUSE: Readonly<Record<OverrideReason, string>> = {
  'consent-cannot-be-given': 'permission could not be given',
  'consent-cannot-reasonably-be-obtained': 'it could not reasonably be expected that permission was asked for first',
  'asking-would-prejudice-protection': 'to ask would have put at risk the protection that was needed',
  'life-at-risk': 'a life was at risk',
  'required-by-law': 'the law required it',
};

const IN_CONFLICT =
  'agreements between them that are in force say different things about it, and a person has to decide';

const NOTHING_BECAUSE: Readonly<Record<string, string>> = {
  'supplier-failed': 'it could not be fetched',
  'permit-lapsed': 'something that it rested on ended before it was sent',
};

/**
 * What happened, for an officer to read to the person whom it was about: no codes, no jargon, times as clocks in the United
 * Kingdom show them. Legal bases are told in the catalogue's own plain English.
 */
export function inPlainEnglish(of: Explained, bases: ReadonlyMap<string, LegalBasis>): string {
  const requester = of.requester.name;
  const when = ukTime(new Date(of.decidedAt));
  if (!of.supplier) {
    return `On ${when}, ${requester} sent a request that could not be understood. Nothing was decided about anybody, and nothing was given.`;
  }
  const purpose = of.purpose ? [`The purpose was: “${of.purpose.name}”.`] : [];
  return [
    `On ${when}, ${requester} asked ${of.supplier.name} for ${listed(of.items)}.`,
    ...purpose,
    ...fates(of),
    ...(of.becameOf?.noTrace ? [`${of.supplier.name} answered that it does not know the person.`] : []),
    ...theLaw(of, bases),
  ].join(' ');
}

/** A sentence for each reason, with the items that it is about. */
function fates(of: Explained): string[] {
  const given = of.items.filter((item) => isGiven(item, of));
  const withheld = of.items.filter((item) => !isGiven(item, of));
  const holder = of.supplier?.name ?? '';
  return [
    ...grouped(given, (item) => whyGiven(item, of)).map(
      ([why, items]) => `It was given ${listed(items)}, as far as ${holder} holds it, because ${why}.`,
    ),
    ...grouped(withheld, (item) => whyNot(item, of)).map(
      ([why, items]) => `It was not given ${listed(items)}, because ${why}.`,
    ),
    ...(given.some(isOverridden) ? ['Officers of both look at every decision of this kind afterwards.'] : []),
  ];
}

const isGiven = ({ id }: ExplainedItem, { becameOf }: Explained): boolean =>
  becameOf?.result === 'disclosed' && becameOf.released.includes(id);

/** An item that is permitted in the ordinary way has no reasons. */
const isOverridden = ({ outcome, reasons }: ExplainedItem): boolean => outcome === 'permit' && reasons.length > 0;

function whyGiven(item: ExplainedItem, { agreement, override, permissions, requester }: Explained): string {
  const under = agreement?.title ? `the agreement “${agreement.title}”` : 'an agreement between them';
  if (isOverridden(item) && override) {
    const reason = OVERRIDDEN_BECAUSE[override.reason as OverrideReason] ?? 'there was a need that could not wait';
    return `a member of staff of ${requester.name} whom ${under} allows to do so decided that it had to be shared without permission: ${reason}`;
  }
  return `${under} lets it be shared for this purpose${permissions.length > 0 ? ', and permission for what needs it had been given' : ''}`;
}

function whyNot({ id, outcome, reasons }: ExplainedItem, of: Explained): string {
  const { becameOf, outcome: whole } = of;
  if (of.conflictingAgreements.length > 0) return IN_CONFLICT;
  const code = becameOf?.withheld.find(({ dataItem }) => dataItem === id)?.reason ?? reasons[0]?.code;
  if (outcome === 'deny' || becameOf?.result === 'disclosed') {
    return BECAUSE[code as ReasonCode] ?? BECAUSE[reasons[0]?.code as ReasonCode] ?? 'the rules do not allow it';
  }
  if (whole === 'deny')
    return 'it was asked for together with something that may not be shared, so all of it was refused';
  return NOTHING_BECAUSE[becameOf?.result ?? ''] ?? 'no answer is on record, and nothing goes out without that';
}

/** The powers and duties behind what was given; where there are none, whatever makes it lawful. */
function theLaw(of: Explained, bases: ReadonlyMap<string, LegalBasis>): string[] {
  const given = of.items.filter((item) => isGiven(item, of)).flatMap(({ legalBasis }) => legalBasis);
  const stack = [...new Set(given.map(({ id }) => id))].flatMap((id) => bases.get(id) ?? []);
  const powers = stack.filter(({ supplies }) => supplies.includes('power-or-duty'));
  const told = powers.length > 0 ? powers : stack.filter(({ supplies }) => supplies.includes('lawful-basis'));
  return told.length > 0 ? [`The law behind it: ${told.map(({ plainEnglish }) => plainEnglish).join(' ')}`] : [];
}

const grouped = (items: readonly ExplainedItem[], by: (item: ExplainedItem) => string): [string, ExplainedItem[]][] => [
  ...Map.groupBy(items, by),
];

const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const listed = (items: readonly ExplainedItem[]): string => LIST.format(items.map(({ name }) => `“${name}”`));
