import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { DisclosureFacts, ItemFacts, OverrideFacts } from './facts.js';
import type { PolicySet } from './policy-set.js';
import type { ReasonCode } from './reason-codes.js';

/**
 * What was decided about one item. `reasonCodes` begins with the foremost reason for a deny, and is empty for a permit, but
 * for one by an override.
 */
export interface ItemDecision {
  readonly item: string;
  readonly outcome: 'permit' | 'deny';
  readonly reasonCodes: readonly ReasonCode[];
  /** The stack that a permit rests on. */
  readonly legalBasis: readonly string[];
  /** Ids of the policies that determined it. */
  readonly policies: readonly string[];
}

/** Whether an item goes by an override, whatever its kind: an ordinary permit has no reason to give. */
export const goesByOverride = ({ outcome, reasonCodes }: ItemDecision): boolean =>
  outcome === 'permit' && reasonCodes.length > 0;

export interface Decision {
  readonly outcome: 'permit' | 'permit-partial' | 'deny';
  readonly reasonCodes: readonly ReasonCode[];
  readonly items: readonly ItemDecision[];
  readonly policyVersion: string;
}

/** Reasons that withhold an item and leave the others: the person said how far they agree. */
const WITHHOLDING: ReadonlySet<string> = new Set<ReasonCode>(['DENY_CONSENT_REQUIRED', 'PERMIT_PARTIAL_OBJECTION']);

/**
 * Decides whether the requested items may be disclosed.
 *
 * INVARIANT: 2. Returns a permit only where a policy permits an item and none refuses it; with nothing asked, no policies,
 * or any error in any policy, the answer is deny. INVARIANT: 4. A permitted item names its stack, and the stack is complete.
 *
 * An item that a permission does not reach, or that the person objects to, is withheld and the others may go. Any other
 * reason refuses the whole request: to ask for what an agreement does not cover is the requester's mistake, and it learns of
 * it by getting nothing. Where everything is objected to, a person has to decide.
 *
 * Pure: reads no clock and does no I/O. Does NOT check who the caller is, that the facts are true, or fetch anything.
 */
export function decideDisclosure(facts: DisclosureFacts, policies: PolicySet): Decision {
  const items = facts.items.map((item) => decideItem(item, facts, policies));
  const refused = items.filter((item) => item.outcome === 'deny');
  const fatal = refused.filter((item) => !item.reasonCodes.every((reason) => WITHHOLDING.has(reason)));
  const decided = { items, policyVersion: policies.version };
  if (items.length === 0) return { ...decided, outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'] };
  if (fatal.length > 0 || refused.length === items.length) {
    const foremost = (fatal.length > 0 ? fatal : refused).flatMap((item) => item.reasonCodes.slice(0, 1));
    const reasonCodes = foremost.map((reason) => (reason === 'PERMIT_PARTIAL_OBJECTION' ? 'REVIEW_HUMAN' : reason));
    return { ...decided, outcome: 'deny', reasonCodes: [...new Set(reasonCodes)] };
  }
  const outcome = refused.length > 0 ? 'permit-partial' : 'permit';
  return { ...decided, outcome, reasonCodes: reasonsToPermit(items, facts) };
}

/** Why what goes may go, and what of it a person has to look at. */
function reasonsToPermit(items: readonly ItemDecision[], facts: DisclosureFacts): ReasonCode[] {
  const withheld = items
    .filter(({ outcome }) => outcome === 'deny')
    .map(({ reasonCodes }) =>
      reasonCodes.includes('DENY_CONSENT_REQUIRED') ? 'PERMIT_PARTIAL_CONSENT_SCOPE' : 'PERMIT_PARTIAL_OBJECTION',
    );
  const overridden = items.filter(({ outcome }) => outcome === 'permit').flatMap(({ reasonCodes }) => reasonCodes);
  const toBeReviewed = items.some(
    ({ outcome }, place) => outcome === 'permit' && facts.items[place]?.leg?.assurance === 'to-be-reviewed',
  );
  const reasons: ReasonCode[] = [...overridden, ...withheld, ...(toBeReviewed ? ['REVIEW_HUMAN' as const] : [])];
  return reasons.length > 0 ? [...new Set(reasons)] : ['PERMIT'];
}

function decideItem(item: ItemFacts, facts: DisclosureFacts, policies: PolicySet): ItemDecision {
  const answer = evaluate(item, facts, policies);
  if (answer?.type !== 'success' || answer.response.diagnostics.errors.length > 0) {
    return { item: item.item, outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'], legalBasis: [], policies: [] };
  }
  const { decision, diagnostics } = answer.response;
  if (decision === 'allow' && item.leg) return permitted(item, item.leg, diagnostics.reason.toSorted(), policies);
  const refusals = diagnostics.reason
    .flatMap((id) => {
      const refusal = policies.refusals.get(id);
      return refusal ? [{ id, ...refusal }] : [];
    })
    .toSorted((a, b) => a.rank - b.rank);
  const reasons = [...new Set(refusals.map((refusal) => refusal.reason))];
  return {
    item: item.item,
    outcome: 'deny',
    reasonCodes: reasons.length > 0 ? reasons : ['DENY_NO_LEGAL_BASIS'],
    legalBasis: [],
    policies: refusals.map((refusal) => refusal.id),
  };
}

/** An item goes in the ordinary way where it can, and by an override only where it cannot. */
function permitted(
  { item, override }: ItemFacts,
  leg: NonNullable<ItemFacts['leg']>,
  determining: readonly string[],
  { overrides }: PolicySet,
): ItemDecision {
  const ordinary = determining.filter((id) => !overrides.has(id));
  if (ordinary.length > 0 || !override) {
    return { item, outcome: 'permit', reasonCodes: [], legalBasis: leg.legalBasis, policies: ordinary };
  }
  const reasonCodes = [...new Set(determining.flatMap((id) => overrides.get(id) ?? []))];
  return { item, outcome: 'permit', reasonCodes, legalBasis: override.legalBasis, policies: determining };
}

function evaluate(item: ItemFacts, facts: DisclosureFacts, policies: PolicySet): cedar.AuthorizationAnswer | undefined {
  const principal = { type: 'Gatehouse::Agency', id: facts.requester.agency };
  const resource = { type: 'Gatehouse::DataItem', id: `${facts.dataService}#${item.item}` };
  const { agreement } = facts;
  const { leg, permission, bars, objection, heldBack, override } = item;
  const context: cedar.Context = {
    pattern: facts.pattern,
    purpose: facts.purpose,
    role: facts.requester.role,
    caseReferenceGiven: facts.caseReferenceGiven,
    permission: { required: permission.required.length > 0, state: permission.state },
    // Only what is so: policies of an earlier day do not know of it.
    ...(bars && { bars: [...bars] }),
    ...(objection && { objection }),
    ...(heldBack && { heldBack }),
    ...(override && { override: overrideContext(override) }),
  };
  if (agreement) {
    const { state, requesterIsParty, supplierIsParty, coversPurpose, conflicts } = agreement;
    context['agreement'] = {
      state,
      requesterIsParty,
      supplierIsParty,
      coversPurpose,
      ...(conflicts && { conflicts }),
    };
  }
  if (leg) {
    const { coversPurpose, coversPattern, coversRole, coversIdentifierTypes, caseReference } = leg;
    const { onlyByOverride, assurance, outsideHours } = leg;
    context['leg'] = {
      coversPurpose,
      coversPattern,
      coversRole,
      coversIdentifierTypes,
      caseReference,
      legalBasis: [...leg.legalBasis],
      gaps: leg.gaps.map((gap) => gap.code),
      ...(onlyByOverride && { onlyByOverride }),
      ...(assurance && { assurance }),
      ...(outsideHours && { outsideHours }),
    };
  }
  try {
    return cedar.statefulIsAuthorized({
      principal,
      action: { type: 'Gatehouse::Action', id: 'disclose' },
      resource,
      context,
      preparsedPolicySetId: policies.prepared,
      preparsedSchemaName: policies.prepared,
      validateRequest: true,
      entities: [
        { uid: principal, attrs: { type: facts.requester.agencyType }, parents: [] },
        { uid: resource, attrs: { sensitivity: item.sensitivity, confidential: item.confidential }, parents: [] },
      ],
    });
  } catch {
    // A value that Cedar cannot read is a deny, like any other error.
    return undefined;
  }
}

const overrideContext = ({ accepted, kind, legalBasis, gaps }: OverrideFacts): cedar.CedarValueJson => ({
  accepted,
  kind,
  legalBasis: [...legalBasis],
  gaps: gaps.map((gap) => gap.code),
});
