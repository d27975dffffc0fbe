import { randomUUIDv7 as uuid } from 'node:crypto';
import type {
  DisclosureLog,
  ExchangeClaims,
  ExchangeDetail,
  ExchangeEntry,
  Outcome,
} from '../../src/disclosure-log/index.js';

/** An exchange that nobody made, for tests of what is found in a log. */
export interface MadeUp {
  readonly claims?: Partial<Omit<ExchangeClaims, 'kind' | 'exchangeId' | 'outcome'>>;
  readonly detail?: Partial<ExchangeDetail>;
  readonly outcome?: Outcome;
}

/** Appends the decision, and the outcome where there is one. @returns the exchange's id */
export async function appendExchange(log: DisclosureLog, madeUp: MadeUp = {}): Promise<string> {
  const decision = madeUpDecision(madeUp);
  await log.append(decision);
  const { outcome } = madeUp;
  if (outcome) await log.append({ ...decision, claims: { ...decision.claims, kind: 'outcome', outcome } });
  return decision.claims.exchangeId;
}

function madeUpDecision({ claims, detail }: MadeUp): ExchangeEntry {
  return {
    claims: {
      kind: 'decision',
      exchangeId: uuid(),
      at: '2026-11-22T09:00:00.000Z',
      pattern: 'query',
      requester: {
        agency: 'northmoor-council',
        system: 'northmoor-council-adult-care',
        staffId: 'sw-4711',
        role: 'social-worker',
      },
      supplier: 'northmoor-nhs-trust',
      dataService: 'northmoor-nhs-trust/assessed-needs',
      purpose: 'adult-social-care',
      justification: null,
      agreement: null,
      decision: { outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'], policyVersion: 'made-up' },
      items: [],
      ...claims,
    },
    detail: {
      subjectHandles: { requester: [], supplier: [] },
      caseReferenceHandle: null,
      permissions: [],
      registerRevision: 1,
      factsHash: null,
      ...detail,
    },
  };
}

/** An outcome that releases items. */
export const disclosed = (...released: string[]): Outcome => ({
  result: 'disclosed',
  released,
  withheld: [],
  cause: null,
});
