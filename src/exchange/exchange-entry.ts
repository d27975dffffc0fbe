import type { BudgetUse, ExchangeClaims, ExchangeDetail, ExchangeEntry, Outcome } from '../disclosure-log/index.js';
import type { Register } from '../definitions/index.js';
import type { RelyingOn } from '../permissions/index.js';
import type { DisclosureFacts, MadeDecision, ReasonCode } from '../policy/index.js';
import type { SharingStatement } from '../statements/index.js';
import type { StatementsRead } from '../statements/statements.module.js';
import { caseReferenceHandle, subjectHandle } from '../subject-handles/index.js';
import type { Arrival, DisclosureRequest, RequestedOverride } from './disclosure-request.js';
import { supplierOf } from './disclosure-request.js';
import { lawEnforcementClaim, withOutcome } from './law-enforcement.js';
import type { ToldOfWithdrawal } from './permission-uses.js';

/** INVARIANT: 1. The person of a request, as handles in the view of each of the two agencies. */
export type Handles = NonNullable<ExchangeDetail['subjectHandles']>;

/** @param handleKey see `subjectHandle` */
export function handlesOf(request: DisclosureRequest, handleKey: Buffer): Handles {
  const inViewOf = (agency: string) =>
    request.identifiers.map((identifier) => subjectHandle(handleKey, agency, identifier));
  return { requester: inViewOf(request.caller.agency), supplier: inViewOf(supplierOf(request)) };
}

/** A decision with all that it was made on. */
export interface Decided {
  readonly request: DisclosureRequest;
  readonly subjectHandles: Handles;
  readonly facts: DisclosureFacts;
  readonly decision: MadeDecision;
  /** Permissions that the permitted items rely on. */
  readonly permissions: readonly RelyingOn[];
  /** The statements about sharing that were looked at, and the best-interests decisions that permitted items rely on. */
  readonly statements: Omit<StatementsRead, 'statements'> & {
    readonly reliedOn: readonly Pick<SharingStatement, 'id' | 'validUntil'>[];
  };
  /** The person's address is not released, whatever the supplier's record says. */
  readonly addressSuppressed: boolean;
  /** Agreements that govern the request and would decide otherwise than each other: for the officers, not the requester. */
  readonly conflicting: readonly { readonly id: string; readonly version: number }[];
  /** Budgets that a permit takes of; empty for a deny. */
  readonly budgets: readonly BudgetUse[];
  /** Permissions of permitted items whose withdrawal the requester is told of. */
  readonly toldOfWithdrawal: readonly ToldOfWithdrawal[];
  /** Agencies that process for law enforcement; absent as good as none. */
  readonly underPart3?: readonly string[];
  /** The agreement lets the requester know when the supplier does not know the person. */
  readonly revealsUnmatched: boolean;
  readonly register: Register;
  readonly at: Date;
}

/** The entry that says what was decided. INVARIANT: 1. The person stands in it as handles, one view per agency. */
export function decisionEntry(decided: Decided, handleKey: Buffer): ExchangeEntry {
  const { request, facts, decision, statements, at } = decided;
  const { agreement } = facts;
  const lawEnforcement = lawEnforcementClaim(request, decided.underPart3);
  const claims: ExchangeClaims = {
    kind: 'decision',
    exchangeId: request.exchangeId,
    at: at.toISOString(),
    pattern: request.pattern,
    requester: { ...request.caller, ...request.requestedBy },
    supplier: supplierOf(request),
    dataService: request.dataService,
    purpose: request.purpose,
    justification: request.justification ?? null,
    ...(request.override && { override: overrideClaim(request.override) }),
    ...(request.assurance && { assurance: request.assurance }),
    ...(lawEnforcement && { lawEnforcement }),
    agreement: agreement && { id: agreement.id, version: agreement.version, hash: agreement.hash },
    decision: {
      outcome: decision.outcome,
      reasonCodes: decision.reasonCodes,
      policyVersion: decision.policyVersion,
    },
    items: decision.items.map(({ item, outcome, reasonCodes, legalBasis }) => ({
      dataItem: item,
      outcome,
      reasonCodes,
      legalBasis,
    })),
  };
  const detail: ExchangeDetail = {
    subjectHandles: decided.subjectHandles,
    caseReferenceHandle:
      request.caseReference === undefined
        ? null
        : caseReferenceHandle(handleKey, request.caller.agency, request.caseReference),
    permissions: decided.permissions.map(({ id }) => id),
    ...(statements.reliedOn.length > 0 && { statements: statements.reliedOn.map(({ id }) => id) }),
    registerRevision: decided.register.revision,
    factsHash: decision.factsHash,
    ...(decided.conflicting.length > 0 && { conflictingAgreements: decided.conflicting }),
  };
  return { claims, detail, facts: { hash: decision.factsHash, content: decision.canonicalFacts } };
}

const overrideClaim = ({ reason, authorisedBy: { staffId, role } }: RequestedOverride) => ({
  reason,
  authorisedBy: { staffId, role },
});
/** Why a permit that would go beyond a budget is a deny: it is a condition of the agreement on the recipient. */
const OVER_BUDGET: ReasonCode = 'DENY_RECIPIENT_CONDITION';

/**
 * The entry of a request that would have been permitted, had a budget not been used up. The facts would permit it, and are not
 * named: the budget decided, and it was counted under the log's lock, where no replay can count it again.
 */
export function overBudgetEntry(decided: Decided, usedUp: readonly BudgetUse[], handleKey: Buffer): ExchangeEntry {
  const { claims, detail } = decisionEntry({ ...decided, underPart3: [] }, handleKey);
  return {
    claims: {
      ...claims,
      decision: { ...claims.decision, outcome: 'deny', reasonCodes: [OVER_BUDGET] },
      items: claims.items.map(({ dataItem, outcome, reasonCodes }) => ({
        dataItem,
        outcome: 'deny',
        reasonCodes: outcome === 'permit' ? [OVER_BUDGET] : reasonCodes,
        legalBasis: [],
      })),
    },
    detail: {
      ...detail,
      permissions: [],
      factsHash: null,
      usedUpBudgets: usedUp.map(({ leg, period, most }) => ({ leg, period, most })),
    },
  };
}

/**
 * The entry that says what became of a permit.
 * INVARIANT: 4. It names the agreement, the stack, the permissions and the facts of the decision given here, which is the
 * latest where a permit was decided again before its release.
 */
export function outcomeEntry(
  decision: ExchangeEntry,
  outcome: Outcome,
  of: { at: Date; registerRevision: number; surplus: number },
): ExchangeEntry {
  const { lawEnforcement } = decision.claims;
  return {
    claims: {
      ...decision.claims,
      ...(lawEnforcement && { lawEnforcement: withOutcome(lawEnforcement, outcome, decision.claims) }),
      kind: 'outcome',
      at: of.at.toISOString(),
      outcome,
    },
    detail: { ...decision.detail, registerRevision: of.registerRevision, surplus: of.surplus },
    ...(decision.facts && { facts: decision.facts }),
  };
}

/** The entry of a request that was not understood: recorded like any other refusal, without a subject. */
export function unreadableRequestEntry(
  arrival: Arrival,
  exchangeId: string,
  of: { at: Date; policyVersion: string; registerRevision: number },
): ExchangeEntry {
  return {
    claims: {
      kind: 'decision',
      exchangeId,
      at: of.at.toISOString(),
      pattern: arrival.pattern,
      requester: { ...arrival.caller, staffId: null, role: null },
      supplier: null,
      dataService: null,
      purpose: null,
      justification: null,
      agreement: null,
      decision: { outcome: 'deny', reasonCodes: ['REQUEST_INVALID'], policyVersion: of.policyVersion },
      items: [],
    },
    detail: {
      subjectHandles: null,
      caseReferenceHandle: null,
      permissions: [],
      registerRevision: of.registerRevision,
      factsHash: null,
    },
  };
}
