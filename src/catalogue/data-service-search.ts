import { Problem } from '../api-contract/index.js';
import type { DataServicePage, DataServiceView } from './data-service-view.js';

/** What a caller looks for. */
export interface DataServiceSearch {
  /** Words, each of which occurs in the id, name or description of a data service or of an item that the caller may see. */
  readonly words: readonly string[];
  readonly agency: string | undefined;
  /** A purpose that the caller may ask for. */
  readonly purpose: string | undefined;
  /** Most data services on a page. */
  readonly limit: number;
  /** The id after which the page begins. */
  readonly after: string | undefined;
}

const MEMBERS = ['q', 'agency', 'purpose', 'limit', 'cursor'] as const;
const LONGEST_TEXT = 200;
const MOST_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 50;

/**
 * Reads the query of `GET /v1/data-services`, strictly.
 * @throws Problem `REQUEST_INVALID` naming each member that is unknown, given twice, too long or of the wrong form
 */
export function readDataServiceSearch(query: Readonly<Record<string, unknown>>): DataServiceSearch {
  const wrong = Object.keys(query).filter((name) => !(MEMBERS as readonly string[]).includes(name));
  const text = (name: (typeof MEMBERS)[number]): string | undefined => {
    const value = query[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_TEXT) return value;
    wrong.push(name);
    return undefined;
  };
  const limit = text('limit') ?? String(DEFAULT_PER_PAGE);
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > MOST_PER_PAGE) wrong.push('limit');
  const cursor = text('cursor');
  const after = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
  if (after !== undefined && !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(after)) wrong.push('cursor');
  const search = {
    words: (text('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    agency: text('agency'),
    purpose: text('purpose'),
    limit: Number(limit),
    after,
  };
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      detail: `The query takes ${MEMBERS.join(', ')}, each once; limit is from 1 to ${MOST_PER_PAGE}.`,
      pointers: [...new Set(wrong)].map((name) => `/${name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`),
    });
  }
  return search;
}

/**
 * One page of what is looked for.
 *
 * INVARIANT: 8. Only what the caller may see is searched, so that an answer, or the lack of one, tells nothing more.
 *
 * @param known What the caller may know of, ordered by id
 */
export function searchDataServices(known: readonly DataServiceView[], search: DataServiceSearch): DataServicePage {
  const { words, agency, purpose, limit, after } = search;
  const found = known.filter(
    (service) =>
      (after === undefined || service.id > after) &&
      (agency === undefined || service.agency.id === agency) &&
      (purpose === undefined || service.access.some(({ purposes }) => purposes.includes(purpose))) &&
      words.every((word) => textOf(service).includes(word)),
  );
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { dataServices: page, nextCursor: last ? Buffer.from(last.id).toString('base64url') : null };
}

function textOf({ id, name, description, agency, dataItems }: DataServiceView): string {
  const items = dataItems.flatMap((item) => [item.id, item.name]);
  return [id, name, description, agency.name, ...items].join('\n').toLowerCase();
}
