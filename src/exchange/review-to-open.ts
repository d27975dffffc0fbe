import type { Change } from '../disclosure-log/index.js';
import { openReview } from '../override-reviews/index.js';
import type { ReasonCode } from '../policy/index.js';
import { supplierOf } from './disclosure-request.js';
import type { Decided } from './exchange-entry.js';

const BY_OVERRIDE: ReadonlySet<ReasonCode> = new Set(['PERMIT_STATUTORY_OVERRIDE', 'PERMIT_BREAK_GLASS']);
const DAY_MS = 86_400_000;

/** The review that a decision opens: one for every disclosure that somebody authorised, due as soon as any of its legs says. */
export function reviewToOpen({ request, decision, facts, register, at }: Decided): Change | undefined {
  if (!request.override || decision.outcome === 'deny') return undefined;
  const legs = facts.agreement ? register.agreement(facts.agreement.id)?.legs : [];
  const days = decision.items.flatMap(({ outcome, reasonCodes }, place) => {
    if (outcome !== 'permit' || !reasonCodes.some((code) => BY_OVERRIDE.has(code))) return [];
    const leg = legs?.find(({ id }) => id === facts.items[place]?.leg?.id);
    // Without a term, at once: an override that nobody looks at there is none.
    return [leg?.override?.reviewWithinDays ?? 0];
  });
  if (days.length === 0) return undefined;
  return openReview({
    exchangeId: request.exchangeId,
    requester: request.caller.agency,
    supplier: supplierOf(request),
    openedAt: at,
    dueAt: new Date(at.getTime() + Math.min(...days) * DAY_MS),
  });
}
