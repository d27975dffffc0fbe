import type { AgreementSource } from './agreement-source.js';
import { list, paragraph, table, type Section } from './document.js';
import { nameOf, type ResolvedLeg } from './resolve-legs.js';
import { dateInWords, KIND_OF_PERMISSION, NOT_STATED, years } from './words.js';

/** Individual rights and access: which permissions people give, and what the agreement says of their rights. */
export function describeRights(legs: readonly ResolvedLeg[]): Section {
  const asked = legs.flatMap((resolved) =>
    [...new Set(resolved.items.flatMap(({ permissions }) => permissions))].map((kind) => [
      `${nameOf(resolved.service)}: ${nameOf(resolved.from)} to ${nameOf(resolved.to)}`,
      KIND_OF_PERMISSION[kind],
      resolved.items.filter(({ permissions }) => permissions.includes(kind)).map(nameOf),
    ]),
  );
  return {
    heading: '6. Individual rights and access',
    blocks: [
      ...(asked.length > 0
        ? [
            table('Permissions that disclosures rely on', ['Flow', 'Kind of permission', 'Items'], asked),
            paragraph(
              'Without the permission, these items are not disclosed. A withdrawal binds at once: no disclosure that is recorded after it relies on the permission.',
            ),
          ]
        : [paragraph('No disclosure under this agreement relies on a permission of the person.')]),
      table(
        'Rights of the people whom the data is about',
        ['Right', 'What this agreement says'],
        [
          'Being told of the sharing (privacy notices)',
          'Access (subject access requests)',
          'Rectification',
          'Erasure and restriction',
          'Objection',
          'Who answers, and how the parties help each other',
        ].map((right) => [right, NOT_STATED]),
      ),
    ],
  };
}

/** Quality, retention and deletion, obligations, complaints. */
export function describeGovernance({ agreement }: AgreementSource): Section {
  const { retention, policyDocument } = agreement;
  return {
    heading: '7. Quality, retention, deletion and complaints',
    blocks: [
      table(
        'Retention and deletion',
        ['What', 'How long'],
        [
          ['What a requester receives', retention.requester],
          [
            'The record of each disclosure',
            `The gateway’s log keeps the body of an entry for ${years(retention.logBodyYears)}. The proof that there was an entry stays.`,
          ],
          ['In the appropriate policy document', policyDocument?.retentionSummary ?? NOT_STATED],
          ['How and when data is destroyed, and who confirms it', NOT_STATED],
        ],
      ),
      table(
        'Quality and obligations',
        ['What', 'What this agreement says'],
        [
          [
            'Accuracy, and how errors are corrected',
            `${NOT_STATED} The gateway passes on only values that have the form registered for the item; it does not know whether they are true.`,
          ],
          ['Training and obligations of staff', `${NOT_STATED} Which roles may ask is said in section 3.`],
          ['Complaints', NOT_STATED],
        ],
      ),
    ],
  };
}

/** Security: what the gateway does by itself, and what the agreement does not say. */
export function describeSecurity(legs: readonly ResolvedLeg[]): Section {
  const revealing = legs.filter(({ leg }) => leg.unmatched === 'reveal');
  return {
    heading: '8. Security',
    blocks: [
      paragraph('What the gateway guarantees for every disclosure under this agreement:'),
      list(
        ...GUARANTEES,
        revealing.length === 0
          ? 'What a requester sees does not tell whether a person is known to a supplier.'
          : `What a requester sees does not tell whether a person is known to a supplier, except on the leg ${revealing.map(({ leg }) => leg.id).join(', ')}, where the parties allow it.`,
      ),
      table(
        'Security outside the gateway',
        ['What', 'What this agreement says'],
        [
          ['Measures in the parties’ own systems', NOT_STATED],
          ['Personal data breaches: who tells whom, and how soon', NOT_STATED],
        ],
      ),
    ],
  };
}

/** The promises of docs/security.md, in the words of a reader of agreements. */
const GUARANTEES = [
  'Nothing is disclosed unless this agreement and its legal basis permit it. Any error, time-out or missing fact is a refusal.',
  'Only the items listed in section 3 leave. Whatever else a supplier’s system sends is dropped.',
  'A system proves with its own key who it is, at each request, and acts for one agency only.',
  'The decision is recorded before the supplier is asked, and the outcome before the requester is answered. If it cannot be recorded, nothing is disclosed.',
  'The log is tamper-evident, and each answer comes with a signed receipt that proves what was decided.',
  'No identifier, name, address, date of birth or value of a person is kept.',
];

/** When it starts, is reviewed and ends. */
export function describeReview({ agreement }: AgreementSource): Section {
  return {
    heading: '9. Review and termination',
    blocks: [
      table(
        'Dates',
        ['What', 'When'],
        [
          ['Binds from', dateInWords(agreement.startsOn)],
          ['To be reviewed by', agreement.reviewOn === undefined ? NOT_STATED : dateInWords(agreement.reviewOn)],
          ['Last day on which it binds', dateInWords(agreement.endsOn)],
        ],
      ),
      paragraph('Any change is a new version, which every party signs anew.'),
      paragraph(`Who reviews it, and how a party leaves or ends it early: ${NOT_STATED}`),
    ],
  };
}
