import { randomUUIDv7 as uuid } from 'node:crypto';
import type { Change } from '../disclosure-log/index.js';
import type { OverrideReview } from './override-review.js';

/** Opens a review: committed in one transaction with the record of the decision, so that neither stands without the other. */
export function openReview(review: Omit<OverrideReview, 'id' | 'answers'>): Change {
  const { exchangeId, requester, supplier, openedAt, dueAt } = review;
  return {
    sql: `INSERT INTO override_reviews (id, exchange_id, requester_agency, supplier_agency, opened_at, due_at)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [uuid(), exchangeId, requester, supplier, openedAt, dueAt],
  };
}
