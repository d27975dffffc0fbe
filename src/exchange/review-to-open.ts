import type { Change } from '../disclosure-log/index.js';
import { openReview } from '../override-reviews/index.js';
import { goesByOverride } from '../policy/index.js';
import { supplierOf } from './disclosure-request.js';
import type { Decided } from './exchange-entry.js';

const DAY_MS = 86_400_000;

/**
 * The review that a decision opens where an item goes by an override. It is due when the leg with the shortest term says; a leg
 * without a term has it due at once.
 */
export function reviewToOpen({ request, decision, facts, register, at }: Decided): Change | undefined {
  if (!request.override || decision.outcome === 'deny') return undefined;
  const legs = facts.agreement ? register.agreement(facts.agreement.id)?.legs : [];
  const days = decision.items.flatMap((item, place) => {
    if (!goesByOverride(item)) return [];
    const leg = legs?.find(({ id }) => id === facts.items[place]?.leg?.id);
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
