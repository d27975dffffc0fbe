import type { LogEntry } from '../disclosure-log/index.js';
import type { Query } from '../policy/index.js';

/** An entry of the log in which the agency has a part, as it stands in the database. */
export interface OwnEntry {
  readonly index: number;
  readonly kind: LogEntry['claims']['kind'];
  readonly exchangeId: string;
  readonly recordedAt: Date;
  readonly requester: string | null;
  readonly supplier: string | null;
  readonly leafHash: Buffer;
  /** RFC 8785 texts and the salt; undefined once they were erased. */
  readonly body: { readonly claims: string; readonly detail: string; readonly salt: Buffer } | undefined;
}

/** Which entries of an agency are meant. */
export interface Kinds {
  /** Entries that name the agency as requester or supplier. */
  readonly naming: readonly OwnEntry['kind'][];
  /** Entries that name none, of exchanges whose decision does. */
  readonly following: readonly OwnEntry['kind'][];
}

/** Part of the log, by indexes: the first, and the first no longer in it. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** Entries on a page. */
const PAGE = 250;
/** Entries of the whole log that one statement looks at, so that each ends soon, however few are the agency's. */
const WINDOW = 50_000;
/** The same for a statement that counts. */
const COUNT_WINDOW = 250_000;

/**
 * The agency's entries in a part of the log, in its order, page by page. Each page is one statement: nothing is held between
 * two, and a page is read when it is asked for.
 *
 * INVARIANT: 8. Entries of exchanges in which the agency is neither requester nor supplier are not read.
 */
export async function* readOwnEntries(
  query: Query,
  agency: string,
  kinds: Kinds,
  { first, end }: Span,
): AsyncGenerator<OwnEntry[], void, undefined> {
  let next = first;
  while (next < end) {
    const until = Math.min(next + WINDOW, end);
    const rows = await query<Row>(PAGE_OF_ENTRIES, [next, until, agency, kinds.naming, kinds.following]);
    if (rows.length > 0) yield rows.map(entryOf);
    next = rows.length === PAGE ? rows.at(-1)!.index + 1 : until;
  }
}

/** How many entries {@link readOwnEntries} finds. */
export async function countOwnEntries(query: Query, agency: string, kinds: Kinds, span: Span): Promise<number> {
  let count = 0;
  for (let next = span.first; next < span.end; next += COUNT_WINDOW) {
    const until = Math.min(next + COUNT_WINDOW, span.end);
    const [row] = await query<{ n: number }>(COUNT, [next, until, agency, kinds.naming, kinds.following]);
    count += row?.n ?? 0;
  }
  return count;
}

/**
 * The first index, of a log of `size` entries, that was recorded at an instant or later; `size` when none was. The log's time
 * never goes back, so halving finds it without an index of times.
 */
export async function firstRecordedAt(query: Query, at: Date, size: number): Promise<number> {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await query<{ before: boolean }>(
      'SELECT recorded_at < $2 AS before FROM log_entries WHERE log_index = $1',
      [middle, at],
    );
    if (row?.before) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Row {
  readonly index: number;
  readonly kind: OwnEntry['kind'];
  readonly exchangeId: string;
  readonly recordedAt: Date;
  readonly requester: string | null;
  readonly supplier: string | null;
  readonly leafHash: Buffer;
  readonly claims: string | null;
  readonly detail: string | null;
  readonly salt: Buffer | null;
}

function entryOf({ claims, detail, salt, ...row }: Row): OwnEntry {
  return { ...row, body: claims === null || detail === null || salt === null ? undefined : { claims, detail, salt } };
}

const OWN = `log_entries entry
  WHERE log_index >= $1 AND log_index < $2 AND (
    kind = ANY ($4) AND (requester_agency = $3 OR supplier_agency = $3)
    OR kind = ANY ($5) AND EXISTS (
      SELECT FROM log_entries decision WHERE decision.exchange_id = entry.exchange_id AND decision.kind = 'decision'
        AND (decision.requester_agency = $3 OR decision.supplier_agency = $3)))`;

const PAGE_OF_ENTRIES = `
  SELECT own.log_index::float8 AS index, kind, exchange_id AS "exchangeId", recorded_at AS "recordedAt",
    requester_agency AS requester, supplier_agency AS supplier, leaf_hash AS "leafHash", claims, detail, salt
  FROM (SELECT * FROM ${OWN} ORDER BY log_index LIMIT ${PAGE}) AS own LEFT JOIN log_bodies USING (log_index)
  ORDER BY own.log_index`;

const COUNT = `SELECT count(*)::int AS n FROM ${OWN}`;
