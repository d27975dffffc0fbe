import { isUUID } from 'class-validator';
import { Problem } from '../api-contract/index.js';
import { REVIEW_STATES, type ReviewState } from './override-review.js';
import type { ReviewSearch } from './override-reviews.service.js';

const MEMBERS = ['state', 'limit', 'cursor'];
const DEFAULT_PER_PAGE = 50;
const MOST_PER_PAGE = 100;

/** Reads the query of `GET /v1/reviews`, strictly. @throws Problem `REQUEST_INVALID` naming each member at fault */
export function readReviewSearch(query: Readonly<Record<string, unknown>>): ReviewSearch {
  const { state, limit = String(DEFAULT_PER_PAGE), cursor } = query;
  const isLimit = typeof limit === 'string' && /^[1-9]\d{0,2}$/.test(limit) && Number(limit) <= MOST_PER_PAGE;
  const wrong = [
    ...(Object.keys(query).every((name) => MEMBERS.includes(name)) ? [] : ['']),
    ...(state === undefined || isState(state) ? [] : ['/state']),
    ...(isLimit ? [] : ['/limit']),
    ...(cursor === undefined || isUUID(cursor) ? [] : ['/cursor']),
  ];
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: wrong,
      detail: `The query takes ${MEMBERS.join(', ')}, each once; state is ${REVIEW_STATES.join(' or ')}, limit at most ${MOST_PER_PAGE}.`,
    });
  }
  return { state: state as ReviewState | undefined, limit: Number(limit), after: cursor as string | undefined };
}

const isState = (value: unknown): value is ReviewState => (REVIEW_STATES as readonly unknown[]).includes(value);
