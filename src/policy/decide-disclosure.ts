import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { DisclosureFacts, ItemFacts } from './facts.js';
import type { PolicySet } from './policy-set.js';
import type { ReasonCode } from './reason-codes.js';

/** What was decided about one item. `reasonCodes` is empty for a permit, and begins with the foremost reason for a deny. */
export interface ItemDecision {
  readonly item: string;
  readonly outcome: 'permit' | 'deny';
  readonly reasonCodes: readonly ReasonCode[];
  /** The stack that a permit rests on. */
  readonly legalBasis: readonly string[];
  /** Ids of the policies that determined it. */
  readonly policies: readonly string[];
}

export interface Decision {
  readonly outcome: 'permit' | 'permit-partial' | 'deny';
  readonly reasonCodes: readonly ReasonCode[];
  readonly items: readonly ItemDecision[];
  readonly policyVersion: string;
}

/** Reasons that withhold an item and leave the others: the person said how far their permission reaches. */
const WITHHOLDING: ReadonlySet<string> = new Set<ReasonCode>(['DENY_CONSENT_REQUIRED']);

/**
 * Decides whether the requested items may be disclosed.
 *
 * INVARIANT: 2. Returns a permit only where a policy permits an item and none refuses it; with nothing asked, no policies,
 * or any error in any policy, the answer is deny. INVARIANT: 4. A permitted item names its stack, and the stack is complete.
 *
 * An item that a permission does not reach is withheld and the others may go. Any other reason refuses the whole request:
 * to ask for what an agreement does not cover is the requester's mistake, and it learns of it by getting nothing.
 *
 * Pure: reads no clock and does no I/O. Does NOT check who the caller is, that the facts are true, or fetch anything.
 */
export function decideDisclosure(facts: DisclosureFacts, policies: PolicySet): Decision {
  const items = facts.items.map((item) => decideItem(item, facts, policies));
  const refused = items.filter((item) => item.outcome === 'deny');
  const fatal = refused.filter((item) => !item.reasonCodes.every((reason) => WITHHOLDING.has(reason)));
  const decided = { items, policyVersion: policies.version };
  if (items.length === 0) return { ...decided, outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'] };
  if (refused.length === 0) return { ...decided, outcome: 'permit', reasonCodes: ['PERMIT'] };
  if (fatal.length > 0 || refused.length === items.length) {
    const foremost = (fatal.length > 0 ? fatal : refused).flatMap((item) => item.reasonCodes.slice(0, 1));
    return { ...decided, outcome: 'deny', reasonCodes: [...new Set(foremost)] };
  }
  return { ...decided, outcome: 'permit-partial', reasonCodes: ['PERMIT_PARTIAL_CONSENT_SCOPE'] };
}

function decideItem(item: ItemFacts, facts: DisclosureFacts, policies: PolicySet): ItemDecision {
  const answer = evaluate(item, facts, policies);
  if (answer?.type !== 'success' || answer.response.diagnostics.errors.length > 0) {
    return { item: item.item, outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'], legalBasis: [], policies: [] };
  }
  const { decision, diagnostics } = answer.response;
  if (decision === 'allow' && item.leg) {
    const { legalBasis } = item.leg;
    return { item: item.item, outcome: 'permit', reasonCodes: [], legalBasis, policies: diagnostics.reason.toSorted() };
  }
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

function evaluate(item: ItemFacts, facts: DisclosureFacts, policies: PolicySet): cedar.AuthorizationAnswer | undefined {
  const principal = { type: 'Gatehouse::Agency', id: facts.requester.agency };
  const resource = { type: 'Gatehouse::DataItem', id: `${facts.dataService}#${item.item}` };
  const { agreement } = facts;
  const { leg, permission } = item;
  const context: cedar.Context = {
    pattern: facts.pattern,
    purpose: facts.purpose,
    role: facts.requester.role,
    caseReferenceGiven: facts.caseReferenceGiven,
    permission: { required: permission.required.length > 0, state: permission.state },
  };
  if (agreement) {
    const { state, requesterIsParty, supplierIsParty, coversPurpose, conflicts } = agreement;
    context['agreement'] = {
      state,
      requesterIsParty,
      supplierIsParty,
      coversPurpose,
      // Only where it is so: policies of an earlier day do not know of it.
      ...(conflicts && { conflicts }),
    };
  }
  if (leg) {
    const { coversPurpose, coversPattern, coversRole, coversIdentifierTypes, caseReference } = leg;
    context['leg'] = {
      coversPurpose,
      coversPattern,
      coversRole,
      coversIdentifierTypes,
      caseReference,
      legalBasis: [...leg.legalBasis],
      gaps: leg.gaps.map((gap) => gap.code),
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
