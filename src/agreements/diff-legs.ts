import type { AgreementDraft, CaseReferenceRule, Leg, Override } from './agreement.js';
import {
  quoted,
  replacement,
  setChanges,
  type AgreementChange,
  type AgreementNames,
  type ChangeEffect,
} from './agreement-change.js';
import { compareHours, hoursInWords } from './hours.js';
import { rolesFor, rolesOf } from './staff-roles.js';

/**
 * How the legs of two versions differ. Legs are the same leg when id, direction and data service are; with another of
 * these, one leg is removed and one is added.
 */
export function diffLegs(
  { legs: older }: AgreementDraft,
  { legs: newer }: AgreementDraft,
  names: AgreementNames,
): AgreementChange[] {
  const [before, after] = [byIdentity(older), byIdentity(newer)];
  return [
    ...[...after].flatMap(([identity, leg]) => {
      const old = before.get(identity);
      return old ? diffLeg(old, leg, names) : [addedLeg(leg, names)];
    }),
    ...[...before].filter(([identity]) => !after.has(identity)).map(([, leg]) => removedLeg(leg, names)),
    ...findOtherAnswers(before, after, names),
  ];
}

/** Legs by id, direction and data service. Where a draft repeats one, which lint refuses, they are counted. */
function byIdentity(legs: readonly Leg[]): Map<string, Leg> {
  const found = new Map<string, Leg>();
  for (const leg of legs) {
    const identity = [leg.id, leg.from, leg.to, leg.dataService].join(' ');
    let place = 1;
    while (found.has(`${identity} ${place}`)) place += 1;
    found.set(`${identity} ${place}`, leg);
  }
  return found;
}

function addedLeg(leg: Leg, names: AgreementNames): AgreementChange {
  const sentence = `adds: ${mayAsk(leg, 'now', names)} ${terms(leg, names)}`;
  return { kind: 'leg-added', effect: 'widens', ...where(leg), after: leg, sentence };
}

function removedLeg(leg: Leg, names: AgreementNames): AgreementChange {
  const sentence = `removes: ${mayAsk(leg, 'no longer', names)} ${terms(leg, names)}`;
  return { kind: 'leg-removed', effect: 'narrows', ...where(leg), before: leg, sentence };
}

const where = ({ id, from, to, dataService }: Leg) => ({ leg: id, from, to, dataService });

const mayAsk = ({ from, to, dataService }: Leg, now: string, { agency }: AgreementNames): string =>
  `${agency(to)} may ${now} ask ${agency(from)} (${dataService})`;

const itemsOf = (leg: Leg, { item }: AgreementNames): string =>
  leg.items.map((id) => item(leg.dataService, id)).join(', ');

const purposesOf = (leg: Leg, { purpose }: AgreementNames): string => leg.purposes.map(purpose).join(', ');

/** Everything that a leg says, after who may ask whom. */
function terms(leg: Leg, names: AgreementNames): string {
  return [
    `for ${itemsOf(leg, names)}`,
    `for: ${purposesOf(leg, names)}`,
    `patterns: ${leg.patterns.join(', ')}`,
    `roles: ${rolesInWords(leg, names)}`,
    `identifiers: ${leg.identifierTypes.join(', ')}`,
    `case references: ${leg.caseReferences.map(caseReference).join(', ') || 'none'}`,
    `legal basis: ${leg.legalBasis.map(names.legalBasis).join(', ')}`,
    `unmatched: ${leg.unmatched}`,
    ...(leg.asks ? [`asks for: ${inOrder(leg.asks)}`] : []),
    ...(leg.override ? [`override: ${overrideInWords(leg.override, names)}`] : []),
    ...(leg.assurance ? [`assurance: ${assuranceInWords(leg.assurance)}`] : []),
    ...(leg.tellOfWithdrawal ? ['told of withdrawals'] : []),
    ...PERIODS.flatMap(([member, words]) => (leg.budget?.[member] ? [`at most ${leg.budget[member]} ${words}`] : [])),
    ...(leg.hours ? [`hours: ${hoursInWords(leg.hours)}`] : []),
  ].join('; ');
}

const rolesInWords = (leg: Leg, { purpose }: AgreementNames): string =>
  leg.rolesByPurpose
    ? Object.entries(leg.rolesByPurpose)
        .map(([code, roles]) => `${roles.join(', ')} (${purpose(code)})`)
        .join(', ')
    : (leg.roles ?? []).join(', ');

const PERIODS = [
  ['perHour', 'an hour'],
  ['perDay', 'a day'],
] as const;

const caseReference = ({ kind, pattern }: CaseReferenceRule): string => `${kind} ${quoted(pattern)}`;

const inOrder = (names: readonly string[]): string => names.toSorted().join(', ');

const overrideInWords = (
  { authorisedBy, reasons, legalBasis, reviewWithinDays, only }: Override,
  names: AgreementNames,
): string =>
  [
    `authorised by ${inOrder(authorisedBy)}`,
    `because ${inOrder(reasons)}`,
    `resting on ${inOrder(legalBasis.map(names.legalBasis))}`,
    `reviewed within ${reviewWithinDays} days`,
    ...(only ? ['and in no other way'] : []),
  ].join(', ');

const assuranceInWords = ({ accepts, reviews = [] }: NonNullable<Leg['assurance']>): string =>
  [`accepts ${inOrder(accepts)}`, ...(reviews.length > 0 ? [`marks ${inOrder(reviews)} for review`] : [])].join(', ');

type LegComparison = (older: Leg, newer: Leg, names: AgreementNames) => Omit<AgreementChange, 'leg'>[];

function diffLeg(older: Leg, newer: Leg, names: AgreementNames): AgreementChange[] {
  return Object.values(LEG_MEMBERS).flatMap((compare) =>
    compare(older, newer, names).map(({ kind, effect, ...rest }) => ({ kind, effect, ...where(newer), ...rest })),
  );
}

/** How each member of a leg is compared, beside those that make it the same leg. The type holds it to be every one. */
const LEG_MEMBERS: { readonly [member in Exclude<keyof Leg, 'id' | 'from' | 'to' | 'dataService'>]: LegComparison } = {
  items: (older, newer, names) =>
    setChanges('item', older.items, newer.items, (id, now) => {
      const leg = now === 'now' ? newer : older;
      return `${mayAsk(leg, now, names)} for ${names.item(leg.dataService, id)}; for: ${purposesOf(leg, names)}`;
    }),
  purposes: (older, newer, names) =>
    setChanges('purpose', older.purposes, newer.purposes, (code, now) => {
      const leg = now === 'now' ? newer : older;
      return `${mayAsk(leg, now, names)} for the purpose ${names.purpose(code)}; items: ${itemsOf(leg, names)}`;
    }),
  patterns: (older, newer, names) =>
    setChanges(
      'pattern',
      older.patterns,
      newer.patterns,
      (pattern, now) => `${mayAsk(newer, now, names)} in the pattern ${pattern}`,
    ),
  roles: diffRoles,
  rolesByPurpose: () => [], // Compared with the roles: either says who may ask.
  identifierTypes: (older, newer, names) =>
    setChanges(
      'identifier-type',
      older.identifierTypes,
      newer.identifierTypes,
      (type, now) => `${mayAsk(newer, now, names)} about a person named by ${type}`,
    ),
  caseReferences: diffCaseReferences,
  legalBasis: (older, newer, names) =>
    setChanges('legal-basis', older.legalBasis, newer.legalBasis, (id, now) => {
      const { agency, legalBasis } = names;
      return `what ${agency(newer.to)} may ask ${agency(newer.from)} (${newer.dataService}) for ${now} rests on ${legalBasis(id)}`;
    }).map((change) => ({ ...change, effect: 'changes' })),
  unmatched: diffUnmatched,
  asks: (older, newer, names) =>
    diffTerm('asks', older, newer, names, ({ asks }) => asks && inOrder(asks)).map((change) => ({
      ...change,
      effect: effectOfAsking(older.asks ?? [], newer.asks ?? []),
    })),
  override: (older, newer, names) =>
    diffTerm('override', older, newer, names, ({ override }) => override && overrideInWords(override, names)).map(
      (change) => ({ ...change, effect: effectOfOverride(older, newer) }),
    ),
  assurance: (older, newer, names) =>
    diffTerm('assurance', older, newer, names, ({ assurance }) => assurance && assuranceInWords(assurance)).map(
      (change) => ({ ...change, effect: !older.assurance ? 'narrows' : newer.assurance ? 'changes' : 'widens' }),
    ),
  tellOfWithdrawal: (older, newer, { agency }) =>
    replacement(
      'tell-of-withdrawal-changed',
      'tellOfWithdrawal',
      `whether ${agency(newer.to)} is told of withdrawals once it has got data from ${agency(newer.from)} (${newer.dataService}) is`,
      ...([older, newer].map(({ tellOfWithdrawal }) => (tellOfWithdrawal ? 'yes' : 'no')) as [string, string]),
    ),
  budget: diffBudgets,
  hours: diffHours,
};

const TERMS = {
  asks: 'the permission asked for beside the stack',
  override: 'the override',
  assurance: 'the assurance',
} as const;

/** A term that a leg may have or not, compared as it reads. */
function diffTerm(
  term: keyof typeof TERMS,
  older: Leg,
  newer: Leg,
  { agency }: AgreementNames,
  inWords: (leg: Leg) => string | undefined,
): Omit<AgreementChange, 'leg' | 'effect'>[] {
  const [before, after] = [inWords(older) ?? 'none', inWords(newer) ?? 'none'];
  if (before === after) return [];
  const sentence = `changes: ${TERMS[term]} of what ${agency(newer.to)} may ask ${agency(newer.from)} (${newer.dataService}) is now: ${after}; before: ${before}`;
  return [{ kind: `${term}-changed`, before, after, sentence }];
}

/** What a person is asked for as well keeps something back; what they are no longer asked for lets it go. */
function effectOfAsking(before: readonly string[], after: readonly string[]): ChangeEffect {
  if (before.every((kind) => after.includes(kind))) return 'narrows';
  return after.every((kind) => before.includes(kind)) ? 'widens' : 'changes';
}

/** An override opens a way beside the ordinary one, unless it closes that. What else changed is for a person to weigh. */
function effectOfOverride({ override: before }: Leg, { override: after }: Leg): ChangeEffect {
  if (!before && !after?.only) return 'widens';
  return !after && !before?.only ? 'narrows' : 'changes';
}

/** Who may ask for each purpose, however a version writes it; in one change where it is the same for all of them. */
function diffRoles(older: Leg, newer: Leg, names: AgreementNames): Omit<AgreementChange, 'leg'>[] {
  const say = (role: string, now: string) => `${mayAsk(newer, now, names)} on behalf of staff in the role ${role}`;
  if (!older.rolesByPurpose && !newer.rolesByPurpose) return setChanges('role', rolesOf(older), rolesOf(newer), say);
  const purposes = new Set([older, newer].flatMap((leg) => leg.purposes));
  return [...purposes].flatMap((code) =>
    setChanges(
      'role',
      rolesFor(older, code),
      rolesFor(newer, code),
      (role, now) => `${say(role, now)} for the purpose ${names.purpose(code)}`,
    ),
  );
}

/** A larger budget widens, and none at all is larger than any. */
function diffBudgets({ budget: older }: Leg, leg: Leg, { agency }: AgreementNames): Omit<AgreementChange, 'leg'>[] {
  return PERIODS.flatMap(([what, words]): Omit<AgreementChange, 'leg'>[] => {
    const [before, after] = [older?.[what], leg.budget?.[what]];
    if (before === after) return [];
    const effect = (after ?? Infinity) > (before ?? Infinity) ? 'widens' : 'narrows';
    const most = (limit: number | undefined): string =>
      limit === undefined ? 'as often as they like' : `${limit} times`;
    const sentence = `changes: each system of ${agency(leg.to)} may now ask ${agency(leg.from)} (${leg.dataService}) ${most(after)} ${words}; before: ${most(before)}`;
    return [
      {
        kind: 'budget-changed',
        effect,
        what,
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        sentence,
      },
    ];
  });
}

/** Hours that are all within the others are fewer; others have to be read. No hours at all means at any time. */
function diffHours({ hours: before }: Leg, leg: Leg, names: AgreementNames): Omit<AgreementChange, 'leg'>[] {
  const { hours: after } = leg;
  const effect = compareHours(before, after);
  if (effect === 'same') return [];
  const shown = (hours: typeof before): string => (hours ? hoursInWords(hours) : 'at any time');
  const sentence = `changes: ${mayAsk(leg, 'now', names)} ${shown(after)}; before: ${shown(before)}`;
  return [{ kind: 'hours-changed', effect, ...(before && { before }), ...(after && { after }), sentence }];
}

/** By kind and pattern: a rule with another pattern accepts other references, so it is another rule. */
function diffCaseReferences(older: Leg, newer: Leg, names: AgreementNames): AgreementChange[] {
  const rules = new Map([...older.caseReferences, ...newer.caseReferences].map((rule) => [caseReference(rule), rule]));
  const say = (rule: string, now: string) => `${mayAsk(newer, now, names)} with a case reference ${rule}`;
  const [before, after] = [older, newer].map((leg) => leg.caseReferences.map(caseReference)) as [string[], string[]];
  return setChanges('case-reference', before, after, say).map(({ what = '', sentence, ...change }) => {
    const { kind = '', pattern = '' } = rules.get(what) ?? {};
    const value = change.effect === 'widens' ? { after: pattern } : { before: pattern };
    return { ...change, what: kind, ...value, sentence };
  });
}

function diffUnmatched(older: Leg, newer: Leg, { agency }: AgreementNames): AgreementChange[] {
  if (older.unmatched === newer.unmatched) return [];
  const [effect, verb, now] =
    newer.unmatched === 'reveal'
      ? (['widens', 'adds', 'now'] as const)
      : (['narrows', 'removes', 'no longer'] as const);
  const sentence = `${verb}: ${agency(newer.to)} ${now} learns from ${agency(newer.from)} (${newer.dataService}) whether a person is known there`;
  return [{ kind: 'unmatched-changed', effect, before: older.unmatched, after: newer.unmatched, sentence }];
}

/**
 * Items for which another leg answers than before, although both legs cover them in one of the versions. Of the legs that
 * cover an item for a purpose the first answers (see `findAgreementsInForce`), so that a leg moved, added, removed or
 * shortened may open what another one said.
 */
function findOtherAnswers(
  older: ReadonlyMap<string, Leg>,
  newer: ReadonlyMap<string, Leg>,
  names: AgreementNames,
): AgreementChange[] {
  const before = coveringLegs(older);
  const found = new Map<string, { old: Leg; leg: Leg; item: string; purposes: string[] }>();
  for (const [asked, { item, purpose, legs }] of coveringLegs(newer)) {
    const olderLegs = before.get(asked)?.legs ?? [];
    const [was, is] = [olderLegs[0], legs[0]];
    if (was === undefined || is === undefined || was === is) continue;
    if (!legs.includes(was) && !olderLegs.includes(is)) continue;
    const [old, leg] = [older.get(was), newer.get(is)];
    if (!old || !leg) continue;
    const key = [was, is, item].join(' ');
    const known = found.get(key) ?? { old, leg, item, purposes: [] };
    known.purposes.push(purpose);
    found.set(key, known);
  }
  return [...found.values()].map(({ old, leg, item, purposes }) => {
    const { to, dataService } = leg;
    const sentence = `changes: what ${names.agency(to)} may ask ${names.agency(leg.from)} (${dataService}) of ${names.item(dataService, item)} is now as leg ${leg.id} says; before: as leg ${old.id} says; for: ${purposes.map(names.purpose).join(', ')}`;
    const [before, after] = [old.id, leg.id];
    return { kind: 'answering-leg-changed', effect: 'changes', to, dataService, what: item, before, after, sentence };
  });
}

/** Every item that may be asked for and each purpose of it, with the legs that cover both, the answering one first. */
function coveringLegs(legs: ReadonlyMap<string, Leg>) {
  const found = new Map<string, { item: string; purpose: string; legs: string[] }>();
  for (const [identity, leg] of legs) {
    for (const item of new Set(leg.items)) {
      for (const purpose of new Set(leg.purposes)) {
        const asked = [leg.to, leg.dataService, item, purpose].join(' ');
        const known = found.get(asked) ?? { item, purpose, legs: [] };
        known.legs.push(identity);
        found.set(asked, known);
      }
    }
  }
  return found;
}
