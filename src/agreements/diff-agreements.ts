import type { Agreement, AgreementDraft } from './agreement.js';
import {
  IDS,
  inOrderOfCare,
  laterWidens,
  quoted,
  replacement,
  setChanges,
  type AgreementChange,
  type AgreementNames,
} from './agreement-change.js';
import { diffLegs } from './diff-legs.js';

/**
 * Says how one version of an agreement differs from another, as an officer would before signing the newer: what widens
 * what may be shared first, then what has to be read, then what narrows. Pure: no I/O, no clock.
 *
 * Guarantees:
 * - Every member is compared: without a change the two say the same. The order inside a set is no difference; nor is the
 *   order of legs, unless another leg answers for an item because of it.
 * - What may be asked under the newer version and not under the older comes with a change that is not `narrows`. It
 *   `widens`, unless it comes of a legal basis, of the policy document, of another leg that answers or of hours that moved.
 * - The other way round the list holds the same changes, with `widens` and `narrows` exchanged.
 *
 * Does NOT check that the two are versions of one agreement (the ids are compared like any member), that either is sound
 * (see `lintAgreement`) or what the legal basis stacks carry. It does not read free text, or whether one pattern of a case
 * reference accepts more than another: a pattern in place of another is one rule added and one removed.
 *
 * @param names Words for ids in the sentences; where one is missing the id stands
 */
export function diffAgreements(
  older: AgreementDraft,
  newer: AgreementDraft,
  names: Partial<AgreementNames> = {},
): AgreementChange[] {
  const words = { ...IDS, ...names };
  return inOrderOfCare(Object.values(MEMBERS).flatMap((compare) => compare(older, newer, words)));
}

type Comparison = (older: AgreementDraft, newer: AgreementDraft, names: AgreementNames) => AgreementChange[];

/** How each member is compared. The type holds it to be every one. */
const MEMBERS: { readonly [member in keyof Required<Agreement>]: Comparison } = {
  id: (older, newer) => replacement('id-changed', 'id', 'its id is', older.id, newer.id),
  version: (older, newer) => replacement('version-changed', 'version', 'its version is', older.version, newer.version),
  title: (older, newer) => replacement('title-changed', 'title', 'its title is', older.title, newer.title),
  parties: (older, newer, { agency }) =>
    setChanges('party', older.parties, newer.parties, (id, now) => `${agency(id)} is ${now} a party`),
  purposes: (older, newer, { purpose }) =>
    setChanges(
      'purpose',
      older.purposes,
      newer.purposes,
      (code, now) => `the agreement is ${now} for the purpose ${purpose(code)}`,
    ),
  legs: diffLegs,
  startsOn: (older, newer) =>
    replacement('dates-changed', 'startsOn', 'its first day is', older.startsOn, newer.startsOn, (before, after) =>
      laterWidens(after, before),
    ),
  endsOn: (older, newer) =>
    replacement('dates-changed', 'endsOn', 'its last day is', older.endsOn, newer.endsOn, laterWidens),
  reviewOn: (older, newer) =>
    replacement('dates-changed', 'reviewOn', 'its day of review is', older.reviewOn, newer.reviewOn, laterWidens),
  retention: ({ retention: older }, { retention: newer }) => [
    ...replacement('retention-changed', 'requester', 'what the requester keeps is', older.requester, newer.requester),
    ...replacement(
      'retention-changed',
      'logBodyYears',
      'the years for which the log keeps the body of an entry are',
      older.logBodyYears,
      newer.logBodyYears,
      (before, after) => (after > before ? 'widens' : 'narrows'),
    ),
  ],
  policyDocument: diffPolicyDocuments,
};

function diffPolicyDocuments({ policyDocument: older }: AgreementDraft, { policyDocument: newer }: AgreementDraft) {
  if (!older || !newer) return policyDocumentAddedOrRemoved(older, newer);
  const kind = 'policy-document-changed';
  const of = 'of its policy document is';
  return [
    ...replacement(kind, 'reference', `the reference ${of}`, older.reference, newer.reference),
    ...replacement(kind, 'reviewOn', `the day of review ${of}`, older.reviewOn, newer.reviewOn, laterWidens),
    ...replacement(
      kind,
      'retentionSummary',
      `the summary of retention ${of}`,
      older.retentionSummary,
      newer.retentionSummary,
    ),
  ];
}

function policyDocumentAddedOrRemoved(
  before: Agreement['policyDocument'],
  after: Agreement['policyDocument'],
): AgreementChange[] {
  const effect = 'changes';
  if (after) {
    const sentence = `adds: the agreement now has a policy document, ${quoted(after.reference)}`;
    return [{ kind: 'policy-document-added', effect, after, sentence }];
  }
  if (!before) return [];
  const sentence = `removes: the agreement no longer has a policy document; before: ${quoted(before.reference)}`;
  return [{ kind: 'policy-document-removed', effect, before, sentence }];
}
