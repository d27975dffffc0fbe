import type { QueryResultRow } from 'pg';
import { kindsUnder, type BodyRetention } from './body-retention.js';

/** Runs one statement. */
export type Query = <Row extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** A body that is still there. */
export interface StandingBody {
  readonly index: number;
  readonly kind: string;
  /** By its claims, which the leaf commits to; the column beside the tree is not asked. */
  readonly recordedAt: Date;
  /** Its retention has ended. */
  readonly due: boolean;
  /** A legal hold keeps it. */
  readonly held: boolean;
}

export interface DueOptions {
  /** `LOG_BODY_YEARS`. */
  readonly years: number;
  readonly at: Date;
}

/** Entries read at a time: what is due of them is erased together. */
export const PAGE = 500;

/**
 * The next bodies after an index, in the order of the log, and which of them are due. What cannot be found out (an agreement version
 * or a permission that is not there) is not due: what is erased does not come back.
 * @see docs/decisions/0025-erasure-and-legal-holds.md
 */
export async function readBodies(query: Query, after: number, { years, at }: DueOptions): Promise<StandingBody[]> {
  return await query<StandingBody & QueryResultRow>(BODIES, [after, at, years, PAGE]);
}

/** Parts of SQL. In the page: $2 the instant, $3 `LOG_BODY_YEARS`. */
const kinds = (rule: BodyRetention): string =>
  `kind IN (${kindsUnder(rule)
    .map((kind) => `'${kind}'`)
    .join(', ')})`;
const yearsAfter = (instant: string, years: string): string =>
  `(${instant} AT TIME ZONE 'UTC' + make_interval(years => ${years})) AT TIME ZONE 'UTC'`;

/** When the retention ends that an entry of an exchange itself names. */
const termOf = (instant: string, claims: string): string => `
  CASE WHEN ${claims} -> 'agreement' ->> 'id' IS NULL THEN ${yearsAfter(instant, '$3::int')}
  ELSE coalesce((
    SELECT ${yearsAfter(instant, `(document #>> '{retention,logBodyYears}')::int`)} FROM agreements
    WHERE id = ${claims} #>> '{agreement,id}' AND version = (${claims} #>> '{agreement,version}')::int
      AND hash = ${claims} #>> '{agreement,hash}'
  ), 'infinity') END`;

const OF_SAME_EXCHANGE = `
  FROM log_entries other JOIN log_bodies body USING (log_index)
  WHERE other.exchange_id = page.exchange_id AND other.kind IN ('decision', 'outcome')`;

const YEARS_OF_RECORDER = `
  greatest($3::int, (
    SELECT max((document #>> '{retention,logBodyYears}')::int) FROM agreements
    WHERE document -> 'parties' ? (claims #>> '{recordedBy,agency}')))`;

const BODIES = `
  WITH page AS MATERIALIZED (
    SELECT log_index, kind, exchange_id, (claims::jsonb ->> 'at')::timestamptz AS recorded_at, claims::jsonb AS claims
    FROM log_entries JOIN log_bodies USING (log_index)
    WHERE log_index > $1 ORDER BY log_index LIMIT $4
  ), ending AS (
    SELECT log_index, kind, recorded_at, CASE
      WHEN ${kinds('exchange')} THEN
        -- Its own term first, which nearly always says that it is not due yet.
        CASE WHEN claims ? 'agreement' AND ${termOf('recorded_at', 'claims')} > $2 THEN 'infinity'
        ELSE (SELECT coalesce(max(${termOf(`(body.claims::jsonb ->> 'at')::timestamptz`, 'body.claims::jsonb')}), '-infinity') ${OF_SAME_EXCHANGE}) END
      WHEN ${kinds('permission')} THEN ${yearsAfter(
        `greatest(recorded_at, coalesce((
          SELECT least(said.withdrawn_at, later.recorded_at, said.valid_until)
          FROM permissions said LEFT JOIN permissions later ON later.id = said.superseded_by
          WHERE said.id = (claims ->> 'permission')::uuid), 'infinity'))`,
        YEARS_OF_RECORDER,
      )}
      WHEN ${kinds('statement')} THEN ${yearsAfter(
        `greatest(recorded_at, coalesce((
          SELECT least(lifted_at, valid_until) FROM sharing_statements
          WHERE id = (claims ->> 'statement')::uuid), 'infinity'))`,
        YEARS_OF_RECORDER,
      )}
      WHEN ${kinds('legal-hold')} THEN ${yearsAfter(
        `(SELECT coalesce(lifted_at, 'infinity') FROM legal_holds WHERE id = (claims ->> 'hold')::uuid)`,
        '$3::int',
      )}
      WHEN ${kinds('own-date')} AND NOT EXISTS (SELECT ${OF_SAME_EXCHANGE}) THEN ${yearsAfter('recorded_at', '$3::int')}
      ELSE 'infinity' END AS ends_at
    FROM page
  ), due AS (SELECT log_index FROM ending WHERE ends_at <= $2)
  SELECT log_index::float8 AS index, kind, recorded_at AS "recordedAt", coalesce(ends_at <= $2, false) AS due,
    log_index IN (SELECT held_log_bodies((SELECT coalesce(array_agg(log_index), '{}') FROM due))) AS held
  FROM ending ORDER BY log_index`;
