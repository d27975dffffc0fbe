import { hoursInWords, type Leg } from '../agreements/index.js';
import type { AgreementSource } from './agreement-source.js';
import { paragraph, table, type Cell, type Section } from './document.js';
import {
  basesOfKind,
  basisInWords,
  nameOf,
  provisionOf,
  purposeInWords,
  type ResolvedItem,
  type ResolvedLeg,
} from './resolve-legs.js';
import { dateInWords, inWords, KIND_OF_BASIS, KIND_OF_PERMISSION, NOT_STATED } from './words.js';

/** What is shared: the information reference table (WASPI Appendix B), and each leg's items and conditions. */
export function describeSharing(source: AgreementSource, legs: readonly ResolvedLeg[]): Section {
  return {
    heading: '3. What is shared',
    blocks: [
      table(
        'Information reference table',
        ['What', 'From', 'To', 'Why', 'How', 'Controls'],
        legs.map((resolved) => [
          nameOf(resolved.service),
          nameOf(resolved.from),
          nameOf(resolved.to),
          resolved.leg.purposes.map((code) => purposeInWords(source, code)),
          `Through the gateway: ${resolved.leg.patterns.map(inWords).join(', ')}.`,
          controlsOf(source, resolved),
        ]),
      ),
    ],
    sections: legs.map((resolved, index) => describeLeg(source, resolved, `3.${index + 1}`)),
  };
}

function controlsOf(source: AgreementSource, { leg, items }: ResolvedLeg): string[] {
  const permissions = [...new Set(items.flatMap((item) => item.permissions))];
  return [
    ...rolesInWords(source, leg).map((roles) => `For staff in the role ${roles} only.`),
    `From a case reference only: ${leg.caseReferences.map(({ kind }) => kind).join(', ') || 'none is accepted'}.`,
    ...permissions.map((kind) => `With the person’s ${KIND_OF_PERMISSION[kind]} only.`),
    ...(leg.override
      ? [`Against a person’s word only by ${leg.override.authorisedBy.join(', ')}; then reviewed.`]
      : []),
    ...(leg.unmatched === 'reveal' ? ['The requester may learn whether a person is known to the supplier.'] : []),
    ...(leg.tellOfWithdrawal ? ['The requester is told when a permission that it got data on is withdrawn.'] : []),
    ...(leg.hours ? [`May be asked ${hoursInWords(leg.hours)} only.`] : []),
    ...budgetInWords(leg),
  ];
}

/** In one line, or in one for each purpose where they differ. */
const rolesInWords = (source: AgreementSource, { roles, rolesByPurpose }: Leg): string[] =>
  rolesByPurpose
    ? Object.entries(rolesByPurpose).map(([code, of]) => `${of.join(', ')} for ${purposeInWords(source, code)}`)
    : [(roles ?? []).join(', ')];

const budgetInWords = ({ budget }: Leg): string[] => [
  ...(budget?.perHour === undefined ? [] : [`At most ${times(budget.perHour)} an hour for each system.`]),
  ...(budget?.perDay === undefined ? [] : [`At most ${times(budget.perDay)} a day for each system.`]),
];

const times = (count: number): string => (count === 1 ? 'once' : `${count.toLocaleString('en-GB')} times`);

function describeLeg(source: AgreementSource, resolved: ResolvedLeg, number: string): Section {
  const { leg, service, from, to } = resolved;
  return {
    heading: `${number} ${nameOf(service)}: ${nameOf(from)} to ${nameOf(to)}`,
    blocks: [
      paragraph(service.known?.description ?? `The data service ${service.id} is not registered.`),
      table(
        `Items of the leg ${leg.id}`,
        ['Item', 'Code', 'Sensitivity', 'Confidential'],
        resolved.items.map((item) => [nameOf(item), item.id, sensitivityOf(item), confidentialityOf(item)]),
      ),
      table(
        `Conditions of the leg ${leg.id}`,
        ['Condition', 'Value'],
        [
          ['Data service', service.id],
          ['Purposes', leg.purposes.map((code) => purposeInWords(source, code))],
          ['Patterns', leg.patterns.map(inWords)],
          ['Staff roles', leg.roles ?? rolesInWords(source, leg)],
          ['A person or place is named by', leg.identifierTypes],
          [
            'Case references accepted',
            leg.caseReferences.length > 0
              ? leg.caseReferences.map(({ kind, pattern }) => `${kind}, of the form ${pattern}`)
              : 'None, so nothing can be asked for.',
          ],
          [
            'A person whom the supplier does not know',
            leg.unmatched === 'reveal'
              ? 'The requester may learn that the person is not known.'
              : 'Looks like a person of whom nothing is held.',
          ],
          ['Disclosure against a person’s word', overrideOf(leg)],
          ['How sure the requester must be', assuranceOf(leg)],
          [
            'When a permission is withdrawn afterwards',
            leg.tellOfWithdrawal
              ? 'The requester is told which exchanges relied on it, and takes note.'
              : 'The requester is not told.',
          ],
          ['When may be asked', leg.hours ? `Only ${hoursInWords(leg.hours)}.` : 'At any time.'],
          ['How often may be asked, in hours and days of UTC', leg.budget ? budgetInWords(leg) : 'As often as needed.'],
        ],
      ),
    ],
  };
}

function overrideOf({ override }: Leg): Cell {
  if (!override) return 'Never.';
  return [
    `Authorised by: ${override.authorisedBy.join(', ')}.`,
    `For the reason: ${override.reasons.map(inWords).join('; ')}.`,
    `Resting on: ${override.legalBasis.join(', ')}.`,
    `Reviewed by officers of both agencies within ${override.reviewWithinDays} days.`,
    ...(override.only ? ['Nothing goes on this leg in any other way.'] : []),
  ];
}

function assuranceOf({ assurance }: Leg): Cell {
  if (!assurance) return 'It need not say.';
  const { accepts, reviews = [] } = assurance;
  return [
    `Accepted: ${accepts.join(', ')}.`,
    ...(reviews.length > 0 ? [`Disclosed for a person to decide on: ${reviews.join(', ')}.`] : []),
  ];
}

/** Lawful basis, conditions and statutory powers, leg by leg. */
export function describeLegalBases(source: AgreementSource, legs: readonly ResolvedLeg[]): Section {
  const all = new Map(legs.flatMap(({ bases }) => bases).map((basis) => [basis.id, basis]));
  return {
    heading: '4. Lawful basis, conditions and statutory powers',
    blocks: [],
    sections: [
      ...legs.map((resolved, index) => ({
        heading: `4.${index + 1} ${nameOf(resolved.service)}: ${nameOf(resolved.from)} to ${nameOf(resolved.to)}`,
        blocks: [
          table(
            `Legal basis stack of the leg ${resolved.leg.id}`,
            ['Provision', 'Title', 'What it is', 'In plain English'],
            resolved.bases.map((basis) => [
              provisionOf(basis),
              basis.known?.title ?? '',
              basis.known ? KIND_OF_BASIS[basis.known.kind] : '',
              basis.known?.plainEnglish ?? '',
            ]),
          ),
        ],
      })),
      {
        heading: `4.${legs.length + 1} What the catalogue knows of each provision`,
        blocks: [
          table(
            'Provisions named by the legs',
            ['Provision', 'Code', 'Extent', 'State', 'How the wording was checked'],
            [...all.values()].map((basis) => [
              provisionOf(basis),
              basis.id,
              basis.known?.extent ?? '',
              basis.known ? inWords(basis.known.inForce) : '',
              basis.known?.verified ?? '',
            ]),
          ),
          paragraph('Extent: E England, W Wales, S Scotland, NI Northern Ireland.'),
        ],
      },
      describePolicyDocument(source, `4.${legs.length + 2}`),
    ],
  };
}

function describePolicyDocument({ agreement }: AgreementSource, number: string): Section {
  const held = agreement.policyDocument;
  return {
    heading: `${number} Appropriate policy document (DPA 2018, Sch. 1 Part 4)`,
    blocks: held
      ? [
          table(
            'Appropriate policy document',
            ['Detail', 'Value'],
            [
              ['Reference', held.reference],
              ['To be reviewed by', dateInWords(held.reviewOn)],
              ['Retention and erasure', held.retentionSummary],
            ],
          ),
        ]
      : [paragraph(NOT_STATED)],
  };
}

/** The items that need more than a lawful basis, and what the legs name for them. */
export function describeSensitiveItems(legs: readonly ResolvedLeg[]): Section {
  const rows = legs.flatMap((resolved, index) =>
    resolved.items
      .filter(({ known }) => !known || known.sensitivity !== 'standard' || known.confidential)
      .map((item) => [
        nameOf(item),
        `3.${index + 1} ${resolved.leg.id}`,
        sensitivityOf(item),
        confidentialityOf(item),
        groundsFor(resolved, item),
      ]),
  );
  return {
    heading: '5. Special category, criminal offence and confidential items',
    blocks:
      rows.length > 0
        ? [
            table(
              'Items that need more than a lawful basis',
              ['Item', 'Leg', 'Sensitivity', 'Confidential', 'What the leg names for it'],
              rows,
            ),
          ]
        : [paragraph('No item of this agreement is registered as special category, criminal offence or confidential.')],
  };
}

function groundsFor(resolved: ResolvedLeg, { known, permissions }: ResolvedItem): Cell {
  const offence = known?.sensitivity === 'criminal-offence';
  const sensitive = known === undefined || known.sensitivity !== 'standard';
  const grounds = [
    ...(sensitive ? basesOfKind(resolved, 'special-category-condition') : []),
    ...(offence ? basesOfKind(resolved, 'criminal-offence-condition', 'law-enforcement') : []),
    ...(known?.confidential === false ? [] : basesOfKind(resolved, 'confidentiality')),
  ].map(basisInWords);
  const asked = permissions.map((kind) => `Needs the person’s ${KIND_OF_PERMISSION[kind]}.`);
  return grounds.length + asked.length > 0 ? [...grounds, ...asked] : 'Nothing.';
}

const sensitivityOf = ({ known }: ResolvedItem): string => (known ? inWords(known.sensitivity) : 'not registered');

function confidentialityOf({ known }: ResolvedItem): string {
  if (!known) return 'not registered';
  return known.confidential ? 'yes' : 'no';
}
