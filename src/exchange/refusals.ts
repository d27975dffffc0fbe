import { Problem, type ProblemCode } from '../api-contract/index.js';
import { periodEnds, type BudgetUse, type ExchangeClaims } from '../disclosure-log/index.js';
import { SupplierFault, type SupplierFaultCode } from '../connectors/index.js';
import { REASON_CODES, type Decision, type ReasonCode } from '../policy/index.js';
import type { Decided } from './exchange-entry.js';

/** The items that a decision withholds, each with its foremost reason. */
export const withheldOf = ({ items }: Decision): { dataItem: string; reason: ReasonCode }[] =>
  items.flatMap(({ item, outcome, reasonCodes }) =>
    outcome === 'deny' ? [{ dataItem: item, reason: reasonCodes[0] ?? 'DENY_NO_LEGAL_BASIS' }] : [],
  );

/** A refusal, with its receipt. Says why, and nothing about anybody. */
export function refusal({ request, decision }: Decided, receipt: string): Problem {
  return new Problem('DISCLOSURE_REFUSED', {
    detail: decision.reasonCodes.map((code) => REASON_CODES[code]).join(' '),
    exchangeId: request.exchangeId,
    decision: {
      outcome: decision.outcome,
      reasonCodes: decision.reasonCodes,
      policyVersion: decision.policyVersion,
    },
    withheld: withheldOf(decision),
    receipt,
  });
}

/** A refusal because a budget is used up, with its receipt. To ask again is of use once the last of the periods has ended. */
export function overBudget(
  { exchangeId, at, decision, items }: ExchangeClaims,
  usedUp: readonly BudgetUse[],
  receipt: string,
): Problem {
  const ends = Math.max(...usedUp.map(({ period }) => periodEnds(period, new Date(at)).getTime()));
  const periods = [...new Set(usedUp.map(({ period }) => period))].join(' and ');
  return new Problem('BUDGET_USED_UP', {
    detail: `What the agreement lets this system ask for in this ${periods} is used up.`,
    exchangeId,
    decision,
    withheld: items.map(({ dataItem, reasonCodes: [reason = ''] }) => ({ dataItem, reason })),
    receipt,
    retryAfterSeconds: Math.ceil((ends - Date.parse(at)) / 1_000),
  });
}

/** What the permit relied on ended between the decision and the release. */
export function lapsed({ decision }: Decided, exchangeId: string): Problem {
  const { outcome, reasonCodes, policyVersion } = decision;
  return new Problem('DISCLOSURE_REFUSED', {
    detail: 'What this disclosure relied on ended while it was under way. Nothing was disclosed.',
    exchangeId,
    decision: { outcome, reasonCodes, policyVersion },
    withheld: withheldOf(decision),
  });
}

const PROBLEM_OF: Readonly<Record<SupplierFaultCode, ProblemCode>> = {
  refused: 'SUPPLIER_REFUSED',
  unavailable: 'SUPPLIER_UNAVAILABLE',
  'timed-out': 'SUPPLIER_TIMED_OUT',
  'too-large': 'SUPPLIER_ANSWER_UNUSABLE',
  'not-understood': 'SUPPLIER_ANSWER_UNUSABLE',
  'wrong-type': 'SUPPLIER_ANSWER_UNUSABLE',
  busy: 'SUPPLIER_BUSY',
  'not-askable': 'SUPPLIER_UNAVAILABLE',
  // The requester has gone: nobody reads this answer.
  abandoned: 'SUPPLIER_UNAVAILABLE',
};

/** The problem that a failed fetch is answered with, and the cause that the log keeps. Neither holds what was sent or received. */
export function supplierProblem(error: unknown, exchangeId: string): { problem: Problem; cause: string } {
  const fault = error instanceof SupplierFault ? error.code : undefined;
  const code = fault ? PROBLEM_OF[fault] : 'INTERNAL';
  return { problem: new Problem(code, { exchangeId }, { cause: error }), cause: fault ?? 'internal' };
}
