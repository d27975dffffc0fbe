import type { Query } from '../policy/index.js';
import { DIRECTIONS, type Direction, type FoundDisclosure } from './disclosure.js';
import type { DisclosurePlace, DisclosureSearch, FilterName } from './disclosure-search.js';

/** Counting stops here: nobody reads further, and whoever must know narrows the search. */
export const MOST_COUNTED = 10_000;

/** What is looked for, of one agency. */
export interface Wanted {
  readonly agency: string;
  /** Size of the log that is looked at. */
  readonly logSize: number;
  readonly filters: DisclosureSearch['filters'];
  readonly from?: Date;
  readonly to?: Date;
  /** Of a person: handles in the agency's view, any of which will do. */
  readonly handles?: readonly string[];
}

/** How many there are, up to {@link MOST_COUNTED}. */
export async function countDisclosures(query: Query, wanted: Wanted): Promise<number> {
  const { sql, values } = matching(wanted, '1');
  const [row] = await query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (${sql} LIMIT ${MOST_COUNTED}) AS counted`,
    values,
  );
  return row?.n ?? 0;
}

/**
 * A page, the newest first. INVARIANT: 8. Only of the agency that is wanted: in each direction by itself, so that each is
 * read from an index in its order.
 * @param count as {@link countDisclosures} says. A few are found and put in order; of many, the newest are read in order
 */
export async function pageOfDisclosures(
  query: Query,
  wanted: Wanted,
  { count, limit, after }: { count: number; limit: number; after?: DisclosurePlace | undefined },
): Promise<FoundDisclosure[]> {
  const isFew = count < MOST_COUNTED;
  const newest = (values: unknown[]): string => {
    const place = after
      ? `AND (decided_at, log_index) < ($${values.push(after.decidedAt)}, $${values.push(after.logIndex)})`
      : '';
    return `${place} ORDER BY decided_at DESC, log_index DESC LIMIT $${values.push(limit)}`;
  };
  const { sql, values } = matching(wanted, 'exchange_id, decided_at, log_index', isFew ? undefined : newest);
  return await query<FoundDisclosure>(
    `WITH found AS MATERIALIZED (${sql}), page AS (SELECT exchange_id FROM found WHERE true ${newest(values)})
     SELECT ${COLUMNS} FROM page JOIN disclosures USING (exchange_id) ORDER BY decided_at DESC, log_index DESC`,
    values,
  );
}

/** INVARIANT: 8. `undefined` when there is none, and when it is none of the agency's: the two look the same. */
export async function findDisclosure(
  query: Query,
  exchangeId: string,
  agency: string,
): Promise<FoundDisclosure | undefined> {
  const [found] = await query<FoundDisclosure>(
    `SELECT ${COLUMNS} FROM disclosures WHERE exchange_id = $1 AND (requester_agency = $2 OR supplier_agency = $2)`,
    [exchangeId, agency],
  );
  return found;
}

/** More identifiers than one person has. */
const MOST_LINKED = 100;

/**
 * The handles of a person in an agency's view: those given, those that one exchange of the agency used together with any of
 * them, and so on. Each stands for an identifier that somebody who asked said is of the same person.
 * @param services data services whose exchanges link; those that are asked by a place too do not, since people share places
 * @returns `undefined` for more than one person can have
 */
export async function linkHandles(
  query: Query,
  agency: string,
  handles: readonly string[],
  services: readonly string[],
): Promise<string[] | undefined> {
  const rows = await query<{ handle: string }>(LINKED, [agency, handles, services]);
  return rows.length > MOST_LINKED ? undefined : rows.map(({ handle }) => handle);
}

const LINKED = `
  WITH RECURSIVE known (handle) AS (
    SELECT unnest($2::text[])
    UNION
    SELECT other.handle FROM known, LATERAL (
      SELECT unnest(requester_handles) FROM disclosures
      WHERE requester_handles @> ARRAY[known.handle] AND requester_agency || '' = $1 AND data_service = ANY ($3::text[])
      UNION
      SELECT unnest(supplier_handles) FROM disclosures
      WHERE supplier_handles @> ARRAY[known.handle] AND supplier_agency || '' = $1 AND data_service = ANY ($3::text[])
    ) AS other (handle)
  )
  SELECT handle FROM known LIMIT ${MOST_LINKED + 1}`;

const COLUMNS = `
  exchange_id AS "exchangeId", log_index::float8 AS "logIndex", kind, decided_at AS "decidedAt",
  requester_agency AS requester, supplier_agency AS supplier, asked_by AS "askedBy", pattern, data_service AS "dataService",
  purpose, outcome, result, reasons, items, released, legal_bases AS "legalBases", override_reason AS "overrideReason",
  staff_role AS "staffRole", staff_id AS "staffId", agreement, agreement_version AS "agreementVersion",
  law_enforcement AS "lawEnforcement"`;

/**
 * Rows that match, as SQL that may be followed by LIMIT. An exchange of the agency with itself is one that it requested.
 * @param ofEach what follows in each direction
 */
function matching(
  wanted: Wanted,
  columns: string,
  ofEach: (values: unknown[]) => string = () => '',
): { sql: string; values: unknown[] } {
  const { agency, logSize, from, to, handles, filters } = wanted;
  const values: unknown[] = [agency, logSize];
  const ranges = [
    ...(from ? [`decided_at >= $${values.push(from)}`] : []),
    ...(to ? [`decided_at < $${values.push(to)}`] : []),
  ];
  const person = handles && `$${values.push(handles)}::text[]`;
  // A person has few exchanges, an agency very many: no index of the latter is to be read for the former.
  const own = (agency: string): string => (person ? `${agency} || ''` : agency);
  const directions = DIRECTIONS.filter((one) => filters.direction === undefined || filters.direction === one);
  const branches = directions.map((direction) => {
    const terms = termsOf(filters, direction);
    const conditions = [
      direction === 'requested'
        ? `${own('requester_agency')} = $1`
        : `${own('supplier_agency')} = $1 AND requester_agency IS DISTINCT FROM $1`,
      'log_index < $2',
      ...ranges,
      ...(person ? [`${direction === 'requested' ? 'requester' : 'supplier'}_handles && ${person}`] : []),
      ...(terms.length > 0 ? [`terms @> $${values.push(terms)}::text[]`] : []),
    ];
    return `(SELECT ${columns} FROM disclosures WHERE ${conditions.join(' AND ')} ${ofEach(values)})`;
  });
  return { sql: branches.join(' UNION ALL '), values };
}

const TERMS: Readonly<Partial<Record<FilterName, string>>> = {
  kind: 'kind',
  purpose: 'purpose',
  legalBasis: 'basis',
  pattern: 'pattern',
  outcome: 'outcome',
  result: 'result',
  reason: 'reason',
  override: 'override',
  staffRole: 'role',
  staffId: 'staff',
  agreement: 'agreement',
};

/** What a row must have, as `terms` names it, seen in one direction. */
function termsOf(filters: DisclosureSearch['filters'], direction: Direction): string[] {
  const terms = Object.entries(filters).flatMap(([name, value]) => {
    const term = TERMS[name as FilterName];
    return term ? [`${term}:${value}`] : [];
  });
  if (filters.agency) terms.push(`${direction === 'requested' ? 'supplier' : 'asker'}:${filters.agency}`);
  // Staff are named to their own agency: where it was asked, of its decisions not to share alone.
  if (filters.staffId && direction === 'supplied') terms.push('kind:decision-not-to-share');
  return terms;
}
