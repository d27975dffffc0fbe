import type { SamplingPlan } from '../agencies/index.js';
import type { NewAlert, Query } from './alert.js';
import type { Slice } from './count-look-ups.js';
import { drawExchange, type SampledExchange } from './sampling-plan.js';

/** Permits of a slice that nothing came of: the gateway was stopped in between. Nothing was released on them. */
export async function findWithoutOutcome(query: Query, { after, upTo }: Slice): Promise<NewAlert[]> {
  const rows = await query<{ agency: string; exchangeId: string }>(WITHOUT_OUTCOME, [after, upTo]);
  return rows.map(({ agency, exchangeId }) => ({
    kind: 'decision-without-outcome',
    agency,
    about: exchangeId,
    detail: { exchangeId },
  }));
}

/** Reviews of overrides in a slice that an agency has not concluded. */
export async function findAwaitingReview(query: Query, { after, upTo }: Slice): Promise<NewAlert[]> {
  const rows = await query<AwaitedReview>(AWAITING_REVIEW, [after, upTo]);
  return rows.map((review) => reviewAlert('override-awaiting-review', review));
}

/** Reviews of overrides that an agency has not concluded, and should have. */
export async function findOverdueReviews(query: Query, now: Date): Promise<NewAlert[]> {
  const rows = await query<AwaitedReview>(OVERDUE_REVIEWS, [now]);
  return rows.map((review) => reviewAlert('override-review-overdue', review));
}

/** Budgets in a slice that had nothing left for a request that would have been permitted. Both parties are told. */
export async function findReachedBudgets(query: Query, { after, upTo }: Slice, since: Date): Promise<NewAlert[]> {
  const rows = await query<ReachedBudget>(REACHED_BUDGETS, [after, upTo, since]);
  return rows.map(({ agency, began, ...detail }) => ({
    kind: 'budget-reached',
    agency,
    about: [detail.agreement, detail.leg, detail.system, detail.period, began.toISOString()].join(' '),
    detail,
  }));
}

/** Exchanges of a slice that the sampling plans of their requesters draw. */
export async function drawSamples(
  query: Query,
  { after, upTo }: Slice,
  { since, key }: { readonly since: Date; readonly key: Buffer },
): Promise<NewAlert[]> {
  const plans = await query<{ agency: string; plan: SamplingPlan }>(
    `SELECT id AS agency, document -> 'sampling' AS plan FROM agencies WHERE document ? 'sampling'`,
  );
  if (plans.length === 0) return [];
  const planOf = new Map(plans.map(({ agency, plan }) => [agency, plan]));
  const asked = await query<SampledExchange>(ASKED_BY, [after, upTo, since, [...planOf.keys()]]);
  return asked.flatMap((exchange) => {
    const { exchangeId, agency, staffId } = exchange;
    const drawnBy = drawExchange(planOf.get(agency)!, exchange, key);
    if (drawnBy.length === 0) return [];
    const detail = { exchangeId, drawnBy, ...(staffId !== null && { staffId }) };
    return [{ kind: 'sampled' as const, agency, about: exchangeId, detail }];
  });
}

interface AwaitedReview {
  readonly agency: string;
  readonly review: string;
  readonly exchangeId: string;
  readonly dueAt: Date;
}

const reviewAlert = (
  kind: 'override-awaiting-review' | 'override-review-overdue',
  { agency, review, exchangeId, dueAt }: AwaitedReview,
): NewAlert => ({ kind, agency, about: review, detail: { exchangeId, review, dueAt: dueAt.toISOString() } });

interface ReachedBudget {
  readonly agency: string;
  readonly agreement: string;
  readonly leg: string;
  readonly system: string;
  readonly period: string;
  readonly most: number;
  readonly began: Date;
}

const WITHOUT_OUTCOME = `
  SELECT DISTINCT decision.exchange_id AS "exchangeId", party.agency
  FROM log_entries decision JOIN log_bodies body USING (log_index),
    LATERAL (VALUES (requester_agency), (supplier_agency)) AS party (agency)
  WHERE decision.log_index > $1 AND decision.log_index <= $2 AND decision.kind = 'decision' AND party.agency IS NOT NULL
    AND body.claims::jsonb #>> '{decision,outcome}' <> 'deny'
    AND NOT EXISTS (SELECT FROM log_entries later
      WHERE later.exchange_id = decision.exchange_id AND later.kind IN ('outcome', 'reconciliation'))`;

/** Whether an agency has concluded a review, in SQL. */
export const CONCLUDED = (review: string, agency: string): string =>
  `EXISTS (SELECT FROM override_review_answers WHERE review_id = ${review} AND agency = ${agency} AND concludes)`;

const REVIEW_OF_PARTY = `
  SELECT DISTINCT review.id AS review, review.exchange_id AS "exchangeId", review.due_at AS "dueAt", party.agency
  FROM override_reviews review`;
const NOT_CONCLUDED = `
  CROSS JOIN LATERAL (VALUES (review.requester_agency), (review.supplier_agency)) AS party (agency)
  WHERE NOT ${CONCLUDED('review.id', 'party.agency')}`;

const AWAITING_REVIEW = `${REVIEW_OF_PARTY} JOIN log_entries entry USING (exchange_id) ${NOT_CONCLUDED}
  AND entry.log_index > $1 AND entry.log_index <= $2 AND entry.kind IN ('decision', 'outcome')`;

const OVERDUE_REVIEWS = `${REVIEW_OF_PARTY} ${NOT_CONCLUDED} AND review.due_at < $1
  AND NOT EXISTS (SELECT FROM alerts WHERE kind = 'override-review-overdue' AND about = review.id::text
    AND alerts.agency = party.agency)`;

const REACHED_BUDGETS = `
  SELECT DISTINCT party.agency, claims::jsonb #>> '{agreement,id}' AS agreement, used ->> 'leg' AS leg,
    claims::jsonb #>> '{requester,system}' AS system, used ->> 'period' AS period, (used ->> 'most')::int AS most,
    date_trunc(used ->> 'period', recorded_at, 'UTC') AS began
  FROM log_entries JOIN log_bodies USING (log_index),
    LATERAL jsonb_array_elements(detail::jsonb -> 'usedUpBudgets') AS used,
    LATERAL (VALUES (requester_agency), (supplier_agency)) AS party (agency)
  WHERE log_index > $1 AND log_index <= $2 AND recorded_at >= $3 AND kind = 'decision'`;

const ASKED_BY = `
  SELECT exchange_id AS "exchangeId", requester_agency AS agency, recorded_at AS at,
    claims::jsonb #>> '{requester,staffId}' AS "staffId"
  FROM log_entries JOIN log_bodies USING (log_index)
  WHERE log_index > $1 AND log_index <= $2 AND recorded_at >= $3 AND kind = 'decision'
    AND requester_agency = ANY ($4) AND supplier_agency IS NOT NULL`;
