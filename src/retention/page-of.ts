import { isUUID } from 'class-validator';
import { Problem } from '../api-contract/index.js';

/** A page of what is in the order of its ids. */
export interface PageOf {
  /** Most on a page. */
  readonly limit: number;
  /** Id after which the page begins. */
  readonly after: string | undefined;
}

const DEFAULT_PER_PAGE = 50;
const MOST_PER_PAGE = 100;

/** Reads the query of a list, strictly. @throws Problem `REQUEST_INVALID` naming each member at fault */
export function readPage(query: Readonly<Record<string, unknown>>): PageOf {
  const { limit = String(DEFAULT_PER_PAGE), cursor, ...others } = query;
  const isLimit = typeof limit === 'string' && /^[1-9]\d{0,2}$/.test(limit) && Number(limit) <= MOST_PER_PAGE;
  const wrong = [
    ...(Object.keys(others).length === 0 ? [] : ['']),
    ...(isLimit ? [] : ['/limit']),
    ...(cursor === undefined || isUUID(cursor) ? [] : ['/cursor']),
  ];
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: wrong,
      detail: `The query takes limit, at most ${MOST_PER_PAGE}, and cursor, each once.`,
    });
  }
  return { limit: Number(limit), after: cursor as string | undefined };
}

/** One page out of up to one more than it holds. */
export function cutPage<Item extends { readonly id: string }>(
  found: readonly Item[],
  limit: number,
): { readonly items: Item[]; readonly nextCursor: string | null } {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
