import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiQuery } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { Problem } from './problem.js';

/** A page of a list. */
export interface PageOf {
  /** Most on a page. */
  readonly limit: number;
  /** Cursor after which the page begins. */
  readonly after: string | undefined;
}

const DEFAULT_PER_PAGE = 50;
const MOST_PER_PAGE = 100;

/** Says in the contract that a list takes `limit` and `cursor`. @param cursor its schema, with an example */
export const TakesPage = (
  things: string,
  cursor: { type: 'string'; format?: string; maxLength?: number; example: string },
) =>
  applyDecorators(
    ApiQuery({
      name: 'cursor',
      required: false,
      schema: cursor,
      description: '`nextCursor` of the page before.',
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MOST_PER_PAGE, default: DEFAULT_PER_PAGE, example: 20 },
      description: `Most ${things} on a page.`,
    }),
  );

/** The member of a page's answer that leads to the next. */
export const NextCursor = () =>
  ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: '`cursor` of the next page, if there is one.',
  });

/**
 * Reads the query of a list, strictly.
 * @param isCursor what a cursor looks like; an id, unless it is said
 * @throws Problem `REQUEST_INVALID` naming each member at fault
 */
export function readPage(
  query: Readonly<Record<string, unknown>>,
  isCursor: (cursor: string) => boolean = (cursor) => isUUID(cursor),
): PageOf {
  const { limit = String(DEFAULT_PER_PAGE), cursor, ...others } = query;
  const isLimit = typeof limit === 'string' && /^[1-9]\d{0,2}$/.test(limit) && Number(limit) <= MOST_PER_PAGE;
  const wrong = [
    ...(Object.keys(others).length === 0 ? [] : ['']),
    ...(isLimit ? [] : ['/limit']),
    ...(cursor === undefined || (typeof cursor === 'string' && isCursor(cursor)) ? [] : ['/cursor']),
  ];
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: wrong,
      detail: `The query takes limit, at most ${MOST_PER_PAGE}, and cursor, each once.`,
    });
  }
  return { limit: Number(limit), after: cursor as string | undefined };
}

/** One page out of up to one more than it holds. @param cursorOf where a page begins that comes after the item */
export function cutPage<Item>(
  found: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => string,
): { readonly items: Item[]; readonly nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : cursorOf(last) };
}
