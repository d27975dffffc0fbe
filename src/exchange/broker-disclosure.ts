import { randomUUIDv7 as uuid } from 'node:crypto';
import { Problem } from '../api-contract/index.js';
import type { Connectors, SupplierAnswer } from '../connectors/index.js';
import type { Register } from '../definitions/index.js';
import type { RegisterService } from '../definitions/definitions.module.js';
import {
  BudgetUsedUp,
  EntryStale,
  LogUnavailable,
  makeReceipt,
  type BudgetUse,
  type Change,
  type Conditions,
  type DisclosureLog,
  type ExchangeEntry,
  type Outcome,
  type Recorded,
} from '../disclosure-log/index.js';
import type { GatewayKeys } from '../keys/index.js';
import type { Metrics } from '../observability/index.js';
import type { StatementsService } from '../statements/statements.module.js';
import { UsedUpBudgets } from './budgets.js';
import { dayOf } from './day-of.js';
import { decideRequest, type DecisionParts } from './decide-request.js';
import type { Arrival, DisclosureRequest } from './disclosure-request.js';
import {
  decisionEntry,
  outcomeEntry,
  overBudgetEntry,
  unreadableRequestEntry,
  type Decided,
} from './exchange-entry.js';
import { allItems, fetchPermittedItems, permittedItems } from './fetch-permitted-items.js';
import { keepAddressBack } from './keep-address-back.js';
import { parseDisclosureRequest } from './parse-disclosure-request.js';
import { permissionUses } from './permission-uses.js';
import { answeredDecision, suppressedOf } from './answered-decision.js';
import { reviewToOpen } from './review-to-open.js';
import { lapsed, overBudget, refusal, supplierProblem, withheldOf } from './refusals.js';

/** What the requester is answered. `data` holds personal data: it is sent and forgotten. */
export interface Disclosure {
  readonly exchangeId: string;
  readonly decision: {
    readonly outcome: string;
    readonly reasonCodes: readonly string[];
    readonly policyVersion: string;
  };
  /** Permitted items by name; `null` where the supplier holds nothing, or does not know the person. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly withheld: readonly { readonly dataItem: string; readonly reason: string }[];
  /** Compact JWS; verifiable offline. */
  readonly receipt: string;
}

export interface BrokerParts extends DecisionParts {
  readonly log: DisclosureLog;
  readonly registers: RegisterService;
  readonly statements: StatementsService;
  readonly connectors: Connectors;
  readonly keys: GatewayKeys;
  readonly publicUrl: string;
  readonly metrics: Metrics;
}

/** A permit that is on record. */
interface Permit {
  readonly decided: Decided;
  readonly entry: ExchangeEntry;
}

/** How often a decision is made again because what it relied on changed while it was made. */
const MOST_ATTEMPTS = 5;

/** Brokers disclosures, whatever the pattern: none has its own way to disclose. */
export class DisclosureBroker {
  private readonly usedUp = new UsedUpBudgets();

  constructor(private readonly parts: BrokerParts) {}

  /**
   * One disclosure, in eight steps:
   *
   * 1. authenticateCaller: the guard's; without its finding there is no `arrival.caller`
   * 2. parseDisclosureRequest
   * 3. findAgreementsInForce, 4. gatherPermissionFacts, 5. decideDisclosure: together `decideRequest`
   * 6. recordDecision
   * 7. fetchPermittedItems
   * 8. recordAndRelease
   *
   * INVARIANT: 3. The decision is durable before the supplier is asked; the outcome is durable, and its proof checked,
   * before anything is released.
   *
   * @throws Problem for every refusal and failure; nothing is disclosed then
   */
  async brokerDisclosure(arrival: Arrival): Promise<Disclosure> {
    const request = await this.parseDisclosureRequest(arrival);
    const permit = await this.decideOnCurrentFacts(request);
    const answer = await this.fetchPermittedItems(permit, arrival);
    return await this.recordAndRelease(permit, answer);
  }

  /** Step 2. A refusal here is recorded like any other, without a subject. */
  private async parseDisclosureRequest(arrival: Arrival): Promise<DisclosureRequest> {
    const exchangeId = uuid();
    const register = this.parts.registers.current();
    try {
      return parseDisclosureRequest(arrival, exchangeId, register);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { decisions, clock } = this.parts;
      const of = { policyVersion: decisions.policies.version, registerRevision: register.revision, at: clock.now() };
      await this.record(unreadableRequestEntry(arrival, exchangeId, of));
      this.parts.metrics.decided(['REQUEST_INVALID']);
      throw new Problem(error.code, { ...error.details, exchangeId });
    }
  }

  /** Steps 3 to 6, again from step 3 whenever something they relied on was changed before the record was made. */
  private async decideOnCurrentFacts(request: DisclosureRequest): Promise<Permit> {
    let register = this.parts.registers.current();
    for (let attempt = 1; ; attempt++) {
      if (!isRegistered(request, register)) throw new Problem('TOKEN_INVALID');
      const decided = await decideRequest(request, register, this.parts);
      const usedUp = this.usedUp.among(decided.budgets, decided.at);
      try {
        if (usedUp.length > 0) throw await this.recordOverBudget(decided, usedUp);
        return await this.recordDecision(decided);
      } catch (error) {
        if (error instanceof BudgetUsedUp) this.usedUp.remember(error.budgets, decided.at);
        else if (!(error instanceof EntryStale)) throw error;
        if (attempt === MOST_ATTEMPTS) throw new Problem('GATEWAY_BUSY', { exchangeId: request.exchangeId });
        register = await this.catchUp();
      }
    }
  }

  /** Step 6. A deny ends here, with its own record and receipt. */
  private async recordDecision(decided: Decided): Promise<Permit> {
    const entry = decisionEntry(decided, this.parts.keys.subjectHandle);
    const { outcome, reasonCodes } = decided.decision;
    const conditions = { ...conditionsOf(decided), budgets: decided.budgets };
    const recorded = await this.record(entry, conditions, reviewToOpen(decided));
    this.parts.metrics.decided(reasonCodes);
    // INVARIANT: 2. Whatever is not a permit ends here.
    if (outcome === 'permit' || outcome === 'permit-partial') return { decided, entry };
    throw refusal(decided, this.receiptOf(recorded, entry));
  }

  /**
   * Step 6, where a budget is used up: a deny of its own, which takes nothing of any budget.
   * @returns the refusal
   * @throws EntryStale when other definitions were applied meanwhile, which may give more
   */
  private async recordOverBudget(decided: Decided, usedUp: readonly BudgetUse[]): Promise<Problem> {
    const entry = overBudgetEntry(decided, usedUp, this.parts.keys.subjectHandle);
    const recorded = await this.record(entry, { registerRevision: decided.register.revision });
    this.parts.metrics.decided(entry.claims.decision.reasonCodes);
    return overBudget(entry.claims, usedUp, this.receiptOf(recorded, entry));
  }

  /** Step 7. Only permitted items come out; a supplier's failure is an outcome of its own. */
  private async fetchPermittedItems({ decided, entry }: Permit, arrival: Arrival): Promise<SupplierAnswer> {
    try {
      return await fetchPermittedItems(decided, arrival, this.parts.connectors);
    } catch (error) {
      const problem = supplierProblem(error, decided.request.exchangeId);
      await this.recordFailure(entry, decided.register.revision, { result: 'supplier-failed', cause: problem.cause });
      throw problem.problem;
    }
  }

  /** Step 8. The permit must still stand when the outcome is recorded; then, and only then, the answer goes out. */
  private async recordAndRelease(permit: Permit, answer: SupplierAnswer): Promise<Disclosure> {
    const { request } = permit.decided;
    let standing = permit.decided;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.release(permit, standing, answer);
      } catch (error) {
        if (!(error instanceof EntryStale)) throw error;
        // INVARIANT: 6. Something the permit relied on was withdrawn or changed meanwhile: decide again, or release nothing.
        standing = await decideRequest(request, await this.catchUp(), this.parts);
        if (!stillPermits(standing, Object.keys(answer.data)) || attempt === MOST_ATTEMPTS) {
          await this.recordFailure(permit.entry, standing.register.revision, {
            result: 'permit-lapsed',
            cause: error.staleness,
          });
          throw lapsed(standing, request.exchangeId);
        }
      }
    }
  }

  /**
   * Records the outcome on what stands now, and makes the answer.
   * @throws EntryStale when what it relies on stands no longer; nothing was recorded
   */
  private async release(permit: Permit, standing: Decided, fetched: SupplierAnswer): Promise<Disclosure> {
    const { decided, entry } = permit;
    const answer = standing.addressSuppressed
      ? keepAddressBack(fetched, permittedItems(decided), allItems(decided))
      : fetched;
    const { exchangeId, dataService } = decided.request;
    const released = Object.keys(answer.data);
    const at = this.parts.clock.now();
    // INVARIANT: 4. Agreements and legal bases are in force by the day, so a decision stands for its own day.
    if (dayOf(at) !== dayOf(standing.at)) throw new EntryStale('day-ended');
    // INVARIANT: 9. Whether the person is known to the supplier is said only where the agreement says it may be.
    const noTrace = !answer.matched && decided.revealsUnmatched && standing.revealsUnmatched;
    const outcome: Outcome = {
      result: 'disclosed',
      released,
      withheld: [...withheldOf(decided.decision), ...suppressedOf(answer)],
      cause: null,
      ...(noTrace && { noTrace }),
    };
    const latest = standing === decided ? entry : decisionEntry(standing, this.parts.keys.subjectHandle);
    const of = { at, registerRevision: standing.register.revision, surplus: answer.surplus };
    const disclosed = outcomeEntry(latest, outcome, of);
    // What became an override only when it was decided again is reviewed too.
    const review = reviewToOpen(decided) ? undefined : reviewToOpen(standing);
    const conditions = { ...conditionsOf(standing), uses: permissionUses(standing, released, at) };
    const receipt = this.receiptOf(await this.record(disclosed, conditions, review), disclosed);
    this.parts.metrics.surplusDropped(dataService, answer.surplus);
    return {
      exchangeId,
      decision: answeredDecision(latest.claims.decision, answer, noTrace),
      data: answer.data,
      withheld: outcome.withheld,
      receipt,
    };
  }

  private async recordFailure(
    decision: ExchangeEntry,
    registerRevision: number,
    { result, cause }: { result: 'supplier-failed' | 'permit-lapsed'; cause: string },
  ): Promise<void> {
    const withheld = decision.claims.items.map(({ dataItem }) => ({ dataItem, reason: cause }));
    const outcome = { result, released: [], withheld, cause };
    await this.record(outcomeEntry(decision, outcome, { at: this.parts.clock.now(), registerRevision, surplus: 0 }));
  }

  /** What a replica remembers, as it is now. */
  private async catchUp(): Promise<Register> {
    await this.parts.statements.catchUp();
    return await this.parts.registers.fresh();
  }

  /** INVARIANT: 3. If the log cannot be written, nothing goes on. */
  private async record(entry: ExchangeEntry, conditions: Conditions = {}, change?: Change): Promise<Recorded> {
    try {
      return await this.parts.log.append(entry, conditions, change);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      throw new Problem('LOG_UNAVAILABLE', { exchangeId: entry.claims.exchangeId }, { cause: error });
    }
  }

  private receiptOf(recorded: Recorded, { claims }: ExchangeEntry): string {
    return makeReceipt(recorded, claims, { publicUrl: this.parts.publicUrl, key: this.parts.keys.receipt });
  }
}

function conditionsOf({ register, permissions, statements: { seen, handles, reliedOn } }: Decided): Conditions {
  const [until] = reliedOn.flatMap(({ validUntil }) => validUntil ?? []).toSorted((a, b) => a.getTime() - b.getTime());
  return { registerRevision: register.revision, permissions, statements: { seen, handles, ...(until && { until }) } };
}

/** The system that asked is still registered, for the agency that it asked for. */
const isRegistered = ({ caller }: DisclosureRequest, register: Register): boolean =>
  register.system(caller.system)?.agency === caller.agency;

/** INVARIANT: 2. Only a decision that is a permit as a whole, and permits each of these items, lets them go. */
const stillPermits = ({ request, register, decision }: Decided, released: readonly string[]): boolean =>
  isRegistered(request, register) &&
  decision.outcome !== 'deny' &&
  released.every((name) => decision.items.some(({ item, outcome }) => item === name && outcome === 'permit'));
