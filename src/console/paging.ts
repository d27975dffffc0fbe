import { Problem } from '../api-contract/index.js';

/** Most rows on one page of a list. */
const PER_PAGE = 50;

/** One page of a list, as views show it. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** Of the whole list. */
  readonly count: number;
  /** The address of the same list as CSV, whole. */
  readonly csv: string;
  readonly paging: { readonly at: number; readonly of: number; readonly previous?: string; readonly next?: string };
}

/**
 * The page of a list that the address asks for (`page`, from 1), and the addresses around it, which keep its filters.
 * @throws Problem REQUEST_INVALID for a page that there is not
 */
export function pageOf<Row>(
  list: readonly Row[],
  path: string,
  query: Readonly<Record<string, string>>,
): ListPage<Row> {
  const asked = query['page'] ?? '1';
  const of = Math.max(1, Math.ceil(list.length / PER_PAGE));
  if (!/^[1-9]\d{0,6}$/.test(asked) || Number(asked) > of) throw new Problem('REQUEST_INVALID');
  const at = Number(asked);
  return {
    rows: list.slice((at - 1) * PER_PAGE, at * PER_PAGE),
    count: list.length,
    csv: addressOf(`${path}.csv`, query),
    paging: {
      at,
      of,
      ...(at > 1 && { previous: addressOf(path, query, at - 1) }),
      ...(at < of && { next: addressOf(path, query, at + 1) }),
    },
  };
}

function addressOf(path: string, query: Readonly<Record<string, string>>, page?: number): string {
  const { page: _, ...kept } = query;
  const filled = Object.entries(kept).filter(([, value]) => value !== '');
  const text = new URLSearchParams([...filled, ...(page ? [['page', String(page)]] : [])] as [string, string][]);
  return text.size > 0 ? `${path}?${text.toString()}` : path;
}
