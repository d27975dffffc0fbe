import { ASSURANCES, canonicalBytes, type Agreement, type Leg } from '../agreements/index.js';
import type { Register } from '../definitions/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import type { DisclosureFacts, ItemFacts, RestatedFacts } from '../policy/index.js';
import type { DisclosureRequest } from './disclosure-request.js';
import { assuranceFact, establishFacts, standingsOf, type ItemStanding } from './establish-facts.js';
import { findAgreementsInForce, type FoundAgreement } from './find-agreement-in-force.js';
import type { PermissionFact } from './gather-permission-facts.js';

/** What facts are restated against. */
export interface CandidateParts {
  /** Holds the candidate agreements and no others (see `candidateRegister`). */
  readonly candidates: Register;
  readonly catalogue: LegalBasesCatalogue;
  /** Whether the database holds agreements beside the candidates from the data service to the agency. */
  hasOthers(dataService: string, to: string): boolean;
}

type LegFacts = NonNullable<ItemFacts['leg']>;
type Assume = (sentence: string) => void;

/**
 * The facts of a decision as if a candidate agreement were the agreement that was found: the nearest of those with a leg from
 * the data service to the requester. None is found where only the agreement of the time is a candidate, and has no such leg
 * any more.
 *
 * The request is not kept. What facts do not say of it is carried over where the item had a leg, and otherwise assumed in the
 * way that permits least; but a case reference, and the identifiers, count as accepted. Whatever is not certain is said.
 *
 * Does NOT know what the person said of a permission that was not asked for, which agreement a request named, or whether
 * another agreement would stand against the candidate.
 *
 * @param recordedAt When the decision was recorded; hours are judged by it
 * @param recorded The agreement of the time, where it is still known with the text that it had
 * @returns `undefined` where no candidate has a say
 */
export function restateFacts(
  archived: DisclosureFacts,
  recordedAt: Date,
  recorded: Agreement | undefined,
  parts: CandidateParts,
): RestatedFacts | undefined {
  const { candidates, catalogue } = parts;
  const request = requestOf(archived);
  const [found, ...others] = findAgreementsInForce(request, candidates, archived.on);
  const hasLeft = archived.agreement !== null && candidates.agreement(archived.agreement.id) !== undefined;
  if (!found && !hasLeft) return undefined;
  const assumptions = new Set<string>();
  const assume: Assume = (sentence) => void assumptions.add(sentence);
  const standings = standingsOf(request, found, candidates, catalogue, archived.on);
  const permissions = new Map(
    standings.map((standing, place) => [standing.item, permissionOf(standing, archived.items[place]!, assume)]),
  );
  const facts = establishFacts(request, found, standings, { permissions, statements: [] }, candidates, recordedAt);
  const { on, caseReferenceGiven } = archived;
  const items = facts.items.map((item, place) => {
    const before = archived.items[place]!;
    const legThen = recorded?.legs.find(({ id }) => id === before.leg?.id);
    return restateItem(item, { before, legThen, leg: standings[place]?.leg, caseReferenceGiven, assume });
  });
  const isRivalled = others.length > 0 || parts.hasOthers(archived.dataService, archived.requester.agency);
  const agreement = restateAgreement(facts.agreement, archived.agreement, found, isRivalled, assume);
  return { facts: { ...facts, on, caseReferenceGiven, agreement, items }, assumptions: [...assumptions] };
}

/** What is known of the request. Nobody has the role of who authorises its override, so that none is accepted by itself. */
function requestOf({ pattern, requester, dataService, purpose, items }: DisclosureFacts): DisclosureRequest {
  const invokesOverride = items.some(({ override }) => override);
  return {
    exchangeId: '',
    pattern,
    caller: { system: '', agency: requester.agency },
    dataService,
    purpose,
    identifiers: [],
    dataItems: items.map(({ item }) => item),
    caseReference: undefined,
    requestedBy: { staffId: '', role: requester.role },
    agreement: undefined,
    permission: undefined,
    justification: undefined,
    override: invokesOverride ? { reason: 'required-by-law', authorisedBy: { staffId: '', role: '' } } : undefined,
    assurance: undefined,
  };
}

function restateAgreement(
  restated: DisclosureFacts['agreement'],
  before: DisclosureFacts['agreement'],
  found: FoundAgreement | undefined,
  isRivalled: boolean,
  assume: Assume,
): DisclosureFacts['agreement'] {
  if (!restated || !found) {
    assume('no other agreement is found in the place of the candidate, which has no leg for this any more');
    return null;
  }
  if (!before) assume('the candidate is found where no agreement was: the request named no other');
  else if (before.id !== restated.id) assume(`the candidate is found in the place of ${before.id}`);
  const isSameText = before?.hash === restated.hash;
  if (!isSameText && before?.conflicts) assume('the agreement that stood against the one of the time still does');
  else if (!isSameText && isRivalled) assume('no other agreement for this data service stands against the candidate');
  return {
    ...restated,
    // A party may have suspended that very text by then, or only since.
    ...(isSameText && { state: before.state }),
    ...(before?.conflicts && { conflicts: true as const }),
  };
}

/** What the person said of a kind of permission is known only where the kind was asked for. */
function permissionOf({ item, kinds, definition }: ItemStanding, before: ItemFacts, assume: Assume): PermissionFact {
  const required = kinds;
  const { state } = before.permission;
  if (kinds.length === 0) return { required, state: 'not-required', permissions: [] };
  const unasked = kinds.filter((kind) => !before.permission.required.includes(kind));
  if (unasked.length > 0) {
    assume(`${item}: a permission that was not asked for counts as not given (${unasked.join(', ')})`);
    return { required, state: state === 'given' || state === 'not-required' ? 'none' : state, permissions: [] };
  }
  if (state !== 'given' && kinds.length < before.permission.required.length) {
    assume(`${item}: the permission that was lacking is one that is still asked for`);
  }
  if (definition && definition.sensitivity !== before.sensitivity) {
    assume(`${item}: what the person said holds for the item’s new sensitivity too`);
  }
  return { required, state, permissions: [] };
}

interface ItemParts {
  readonly before: ItemFacts;
  /** The leg of the time, where it is known. */
  readonly legThen: Leg | undefined;
  /** The leg of the candidate. */
  readonly leg: Leg | undefined;
  readonly caseReferenceGiven: boolean;
  readonly assume: Assume;
}

/** What a person or a professional has said against sharing does not depend on an agreement. */
function restateItem({ leg, override: invoked, ...rest }: ItemFacts, parts: ItemParts): ItemFacts {
  const { objection, heldBack } = parts.before;
  const override = restateOverride(invoked, parts);
  return {
    ...rest,
    leg: leg && parts.leg ? restateLeg(leg, parts.leg, parts) : null,
    ...(override && { override }),
    ...(objection && { objection }),
    ...(heldBack && { heldBack }),
  };
}

function restateLeg(restated: LegFacts, leg: Leg, parts: ItemParts): LegFacts {
  const { before, legThen, caseReferenceGiven, assume } = parts;
  const { item, leg: known } = before;
  const { assurance: _, outsideHours, ...rest } = restated;
  const carryOver = <Fact>(what: string, fact: Fact | undefined, accepted: Fact, term: (one: Leg) => unknown): Fact => {
    if (fact === undefined) assume(`${item}: ${what} would have been accepted`);
    else if (!isKept(term, legThen, leg)) assume(`${item}: ${what} is accepted, or not, as it was then`);
    return fact ?? accepted;
  };
  const keepsHours = isKept(({ hours }) => hours, legThen, leg);
  const isOutsideHours = keepsHours ? known?.outsideHours : outsideHours;
  if (leg.hours && !keepsHours) assume(`${item}: the hours are judged by the time at which the decision was recorded`);
  const assurance = restateAssurance(leg, parts);
  return {
    ...rest,
    coversIdentifierTypes: carryOver(
      'how the person was named',
      known?.coversIdentifierTypes,
      true,
      ({ identifierTypes }) => identifierTypes,
    ),
    caseReference: caseReferenceGiven
      ? carryOver('the case reference', known?.caseReference, 'accepted', ({ caseReferences }) => caseReferences)
      : 'absent',
    ...(assurance && { assurance }),
    ...(isOutsideHours && { outsideHours: isOutsideHours }),
  };
}

/** How sure the requester was is known as far as the leg of the time told it apart. Of what is left, the worst. */
function restateAssurance(leg: Leg, { before, legThen, assume }: ItemParts): LegFacts['assurance'] {
  const possible = ASSURANCES.filter(
    (assurance) => !before.leg || !legThen || assuranceFact(legThen, { assurance }).assurance === before.leg.assurance,
  );
  const facts = new Set(possible.map((assurance) => assuranceFact(leg, { assurance }).assurance));
  if (facts.size > 1) assume(`${before.item}: the requester was as unsure as it can have been`);
  return (['not-accepted', 'to-be-reviewed'] as const).find((fact) => facts.has(fact));
}

/** An override is accepted, or not, as it was where its terms are the same. Under others it is not. */
function restateOverride(
  override: ItemFacts['override'],
  { before, legThen, leg, assume }: ItemParts,
): ItemFacts['override'] {
  const { item, override: known } = before;
  if (!override) {
    if (leg?.override && !legThen?.override) assume(`${item}: no override was invoked`);
    return undefined;
  }
  const isKnown = known && isKept((one) => one.override, legThen, leg);
  if (!isKnown) assume(`${item}: the override that was invoked is not accepted under the candidate’s terms`);
  return { ...override, accepted: isKnown ? known.accepted : false };
}

/** Whether both legs are known and have the same term. */
const isKept = (term: (leg: Leg) => unknown, legThen: Leg | undefined, leg: Leg | undefined): boolean =>
  legThen !== undefined &&
  leg !== undefined &&
  canonicalBytes(term(legThen) ?? null).equals(canonicalBytes(term(leg) ?? null));
