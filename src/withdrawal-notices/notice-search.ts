import { isUUID } from 'class-validator';
import { Problem } from '../api-contract/index.js';

/** A place in the order of notices. */
export interface NoticePlace {
  readonly endedAt: Date;
  readonly id: string;
}

/** Which notices a caller wants to see. */
export interface NoticeSearch {
  /** Those that its agency has taken note of; or those that it has not. */
  readonly acknowledged: boolean;
  /** Most notices on a page. */
  readonly limit: number;
  readonly after: NoticePlace | undefined;
}

const MEMBERS = ['after', 'limit', 'acknowledged'];
const MOST_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 50;

/**
 * Reads the query of `GET /v1/withdrawal-notices`, strictly.
 * @throws Problem REQUEST_INVALID naming each member that is unknown, given twice or of the wrong form
 */
export function readNoticeSearch(query: Readonly<Record<string, unknown>>): NoticeSearch {
  const { after: cursor, limit = String(DEFAULT_PER_PAGE), acknowledged = 'false' } = query;
  const after = cursor === undefined ? undefined : placeOf(cursor);
  const wrong = Object.keys(query).filter((name) => !MEMBERS.includes(name));
  if (cursor !== undefined && !after) wrong.push('after');
  if (!/^[1-9]\d{0,2}$/.test(asText(limit)) || Number(limit) > MOST_PER_PAGE) wrong.push('limit');
  if (!['true', 'false'].includes(asText(acknowledged))) wrong.push('acknowledged');
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      detail: `The query takes ${MEMBERS.join(', ')}, each once; limit is from 1 to ${MOST_PER_PAGE}, acknowledged is true or false.`,
      pointers: wrong.map((name) => `/${name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`),
    });
  }
  return { acknowledged: acknowledged === 'true', limit: Number(limit), after };
}

/** The cursor that goes on after a place. */
export const cursorAfter = ({ endedAt, id }: NoticePlace): string =>
  Buffer.from(`${endedAt.toISOString()} ${id}`).toString('base64url');

function placeOf(cursor: unknown): NoticePlace | undefined {
  const [at = '', id = '', ...more] = Buffer.from(asText(cursor), 'base64url').toString('utf8').split(' ');
  const isPlace = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) && !Number.isNaN(Date.parse(at)) && isUUID(id);
  return isPlace && more.length === 0 ? { endedAt: new Date(at), id } : undefined;
}

/** A member that is given twice is no text. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
