import type { Agency } from '../agencies/index.js';
import type { Leg } from '../agreements/index.js';
import type { LegalBasis, PermissionKind } from '../legal-bases/index.js';
import { partiesStillToSign, type AgreementSource } from './agreement-source.js';
import { nameOf, provisionOf, resolveLegs, type Named, type ResolvedItem, type ResolvedLeg } from './resolve-legs.js';

/** What `gatehouse:` stands for in the context. */
const OWN_TERMS = 'urn:gatehouse:odrl:';
/** The ODRL profile of the policy: the common vocabulary of ODRL 2.2 and the terms below `gatehouse:`. */
const PROFILE = `${OWN_TERMS}profile`;

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/**
 * The agreement as an ODRL 2.2 policy (W3C Recommendation of 15 February 2018), JSON-LD.
 *
 * - One permission to `read` for each leg, or several where its items rely on different permissions of the person; a target
 *   for each item. What no permission covers is not permitted, and `conflict: prohibit` lets a prohibition win where policies
 *   are merged.
 * - All constraints of a permission hold together. The time is from the start of the first day to the end of the last, UTC.
 * - A permission for each purpose where the roles of staff differ by purpose.
 * - A permission of its own for what a named person may authorise against a person's word, with the duty to review it.
 * - The kinds of permission stay apart: `obtainConsent` is consent under the UK GDPR alone, every other kind is the duty
 *   `gatehouse:obtainPermission`.
 * - Deletion and review are obligations, not conditions of a permission. When to delete is a text, so it is no constraint.
 *
 * Does NOT hold the whole decision: legal bases are named, never evaluated. A draft is an Agreement too, with
 * `gatehouse:signedByEveryParty: false`, and binds nobody.
 */
export function makeOdrl(source: AgreementSource): { readonly [name: string]: Json } {
  const { agreement, hash, signatures } = source;
  const legs = resolveLegs(source);
  return {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', { gatehouse: OWN_TERMS }],
    '@type': 'Agreement',
    uid: `urn:gatehouse:agreement:${agreement.id}:${agreement.version}`,
    profile: PROFILE,
    conflict: 'prohibit',
    'gatehouse:title': agreement.title,
    'gatehouse:version': agreement.version,
    'gatehouse:sha256': hash,
    'gatehouse:signedByEveryParty': partiesStillToSign(source).length === 0,
    'gatehouse:signature': signatures.map(({ agency, kid }) => ({
      'gatehouse:signer': { '@id': agencyUid(agency) },
      'gatehouse:keyId': kid,
    })),
    permission: legs.flatMap((resolved) => permissionsOf(source, resolved)),
    obligation: [
      ...legs.map((resolved) => deletionOf(source, resolved)),
      ...legs.flatMap((resolved) => tellingOf(source, resolved)),
      ...reviewsOf(source),
    ],
  };
}

/** The policy as text, indented, with a line end. */
export const writeOdrl = (source: AgreementSource): string => `${JSON.stringify(makeOdrl(source), null, 2)}\n`;

/** What may be read in the ordinary way, and what only where a named person authorises it. */
function permissionsOf(source: AgreementSource, resolved: ResolvedLeg): Json[] {
  const { leg } = resolved;
  const byNeed = [...Map.groupBy(resolved.items, ({ permissions }) => permissions.toSorted().join(' ')).values()];
  const ordinary = staffOf(leg).flatMap((staff) =>
    byNeed.map((items) => ({
      ...permissionOf(source, resolved, { ...staff, items, constraint: limitsOf(leg), bases: resolved.bases }),
      ...dutiesOf(items[0]?.permissions ?? []),
    })),
  );
  const permissions = [...(leg.override?.only ? [] : ordinary), ...overridesOf(source, resolved)];
  return permissions.map((permission, index) => ({ ...permission, uid: `${legUid(source, resolved)}:${index + 1}` }));
}

/** Hours and budgets do not bind what is authorised in this way. */
function overridesOf(source: AgreementSource, resolved: ResolvedLeg): { readonly [name: string]: Json }[] {
  const { leg, items, overrideBases: bases } = resolved;
  const { override } = leg;
  if (!override) return [];
  const constraint = [
    isAnyOf('gatehouse:authorisedByRole', override.authorisedBy),
    isAnyOf('gatehouse:overrideReason', override.reasons),
  ];
  return staffOf(leg).map((staff) => ({
    ...permissionOf(source, resolved, { ...staff, items, constraint, bases }),
    duty: [{ '@type': 'Duty', action: 'gatehouse:reviewOverride', 'gatehouse:withinDays': override.reviewWithinDays }],
  }));
}

interface Terms {
  readonly purposes: readonly string[];
  readonly roles: readonly string[];
  readonly items: readonly ResolvedItem[];
  readonly constraint: readonly Json[];
  readonly bases: readonly Named<LegalBasis>[];
}

function permissionOf(
  source: AgreementSource,
  resolved: ResolvedLeg,
  { purposes, roles, items, constraint, bases }: Terms,
): { readonly [name: string]: Json } {
  const { leg } = resolved;
  return {
    '@type': 'Permission',
    ...partiesTo(resolved),
    action: 'read',
    target: items.map((item) => assetOf(resolved, item)),
    constraint: [
      isAnyOf(
        'purpose',
        purposes.map((code) => ({ '@id': `urn:gatehouse:purpose:${code}` })),
      ),
      ...termOf(source),
      isAnyOf('gatehouse:role', roles),
      isAnyOf('gatehouse:pattern', leg.patterns),
      isAnyOf('gatehouse:identifierType', leg.identifierTypes),
      isAnyOf(
        'gatehouse:caseReferenceKind',
        leg.caseReferences.map(({ kind }) => kind),
      ),
      ...assuranceOf(leg),
      ...constraint,
    ],
    'gatehouse:caseReferenceForm': leg.caseReferences.map(({ kind, pattern }) => ({
      'gatehouse:kind': kind,
      'gatehouse:regularExpression': pattern,
    })),
    'gatehouse:legalBasis': bases.map((basis) => ({
      '@id': `urn:gatehouse:legal-basis:${basis.id}`,
      'gatehouse:provision': provisionOf(basis),
    })),
  };
}

/** Who may ask for which purposes: all constraints of a permission hold together, so each pair has a permission of its own. */
const staffOf = ({
  purposes,
  roles,
  rolesByPurpose,
}: Leg): { purposes: readonly string[]; roles: readonly string[] }[] =>
  rolesByPurpose
    ? Object.entries(rolesByPurpose).map(([purpose, of]) => ({ purposes: [purpose], roles: of }))
    : [{ purposes, roles: roles ?? [] }];

/** How sure the requester must be. */
const assuranceOf = ({ assurance }: Leg): Json[] =>
  assurance ? [isAnyOf('gatehouse:assurance', [...assurance.accepts, ...(assurance.reviews ?? [])])] : [];

/** When, and how often by each system. */
const limitsOf = ({ hours, budget }: Leg): Json[] => [
  ...(hours
    ? [
        {
          leftOperand: 'gatehouse:timeOfWeek',
          operator: 'isPartOf',
          rightOperand: {
            'gatehouse:days': hours.days,
            'gatehouse:from': hours.from,
            'gatehouse:until': hours.until,
            'gatehouse:timeZone': 'Europe/London',
          },
        },
      ]
    : []),
  ...(budget?.perHour === undefined ? [] : [atMost('gatehouse:permitsThisHour', budget.perHour)]),
  ...(budget?.perDay === undefined ? [] : [atMost('gatehouse:permitsToday', budget.perDay)]),
];

const atMost = (leftOperand: string, rightOperand: number): Json => ({ leftOperand, operator: 'lteq', rightOperand });

const partiesTo = ({ from, to }: ResolvedLeg): { assigner: Json; assignee: Json } => ({
  assigner: partyOf(from),
  assignee: partyOf(to),
});

const partyOf = (agency: Named<Agency>): Json => ({
  '@type': 'Party',
  uid: agencyUid(agency.id),
  'gatehouse:name': nameOf(agency),
});

function assetOf({ service }: ResolvedLeg, item: ResolvedItem): Json {
  return {
    '@type': 'Asset',
    uid: itemUid(service.id, item.id),
    'gatehouse:name': nameOf(item),
    ...(item.known && {
      'gatehouse:sensitivity': item.known.sensitivity,
      'gatehouse:confidential': item.known.confidential,
    }),
  };
}

function termOf({ agreement }: AgreementSource): Json[] {
  return [
    { leftOperand: 'dateTime', operator: 'gteq', rightOperand: startOf(agreement.startsOn) },
    { leftOperand: 'dateTime', operator: 'lt', rightOperand: startOf(dayAfter(agreement.endsOn)) },
  ];
}

function dutiesOf(kinds: readonly PermissionKind[]): { duty?: Json } {
  if (kinds.length === 0) return {};
  return {
    duty: kinds.map((kind) => ({
      '@type': 'Duty',
      action: kind === 'uk-gdpr-consent' ? 'obtainConsent' : 'gatehouse:obtainPermission',
      'gatehouse:permissionKind': kind,
    })),
  };
}

function deletionOf(source: AgreementSource, resolved: ResolvedLeg): Json {
  return {
    '@type': 'Duty',
    uid: `${legUid(source, resolved)}:deletion`,
    ...partiesTo(resolved),
    action: 'delete',
    target: resolved.items.map(({ id }) => ({ '@type': 'Asset', uid: itemUid(resolved.service.id, id) })),
    'gatehouse:retention': source.agreement.retention.requester,
  };
}

/** Whoever supplied tells whoever received of a withdrawal, where the leg says so. */
function tellingOf(source: AgreementSource, resolved: ResolvedLeg): Json[] {
  if (!resolved.leg.tellOfWithdrawal) return [];
  return [
    {
      '@type': 'Duty',
      uid: `${legUid(source, resolved)}:withdrawals`,
      assigner: partyOf(resolved.to),
      assignee: partyOf(resolved.from),
      action: 'inform',
      'gatehouse:informOf': 'permission-withdrawn',
    },
  ];
}

/** Each party owes the review to the others: in an Agreement every rule has an assigner and an assignee (ODRL 2.2 s.2.1.3). */
function reviewsOf({ agreement, register }: AgreementSource): Json[] {
  const { reviewOn } = agreement;
  if (reviewOn === undefined) return [];
  const parties = agreement.parties.map((id) => partyOf({ id, known: register.agency(id) }));
  return parties.map((assignee) => ({
    '@type': 'Duty',
    assigner: parties.filter((other) => other !== assignee),
    assignee,
    action: 'reviewPolicy',
    constraint: [{ leftOperand: 'dateTime', operator: 'lt', rightOperand: startOf(dayAfter(reviewOn)) }],
  }));
}

const isAnyOf = (leftOperand: string, rightOperand: readonly Json[]): Json => ({
  leftOperand,
  operator: 'isAnyOf',
  rightOperand,
});

const agencyUid = (id: string): string => `urn:gatehouse:agency:${id}`;
const itemUid = (service: string, item: string): string => `urn:gatehouse:item:${service}#${item}`;
const legUid = ({ agreement }: AgreementSource, { leg }: ResolvedLeg): string =>
  `urn:gatehouse:leg:${agreement.id}:${agreement.version}:${leg.id}`;

const startOf = (day: string): Json => ({ '@value': `${day}T00:00:00Z`, '@type': 'xsd:dateTime' });
/** XML Schema writes a year after 9999 without the sign and the zeros that `toISOString` puts in front. */
function dayAfter(day: string): string {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60 * 1000);
  return next.toISOString().replace(/T.*$/, '').replace(/^\+0*/, '');
}
