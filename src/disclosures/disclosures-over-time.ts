import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../config/index.js';
import { Problem } from '../api-contract/index.js';
import type { Query } from '../policy/index.js';
import { DisclosureProjection } from './disclosure-projection.js';

/** Weeks that are counted, the one that is under way included. */
export const COUNTED_WEEKS = 12;
/** Most values that are counted by themselves; the others are counted together. */
const MOST_VALUES = 10;
/** Longest that counting may take, milliseconds: nobody's home page waits longer for a picture. */
const COUNT_WITHIN_MS = 2_000;

/** How often something was disclosed in each week. */
export interface WeeklyCounts {
  /** A legal basis, or an agency; `null`: all others together. */
  readonly value: string | null;
  /** Of an agency: what was given to it, or received from it. */
  readonly direction?: 'given' | 'received';
  /** One for each week, in the order of {@link DisclosuresByWeek.weeks}. */
  readonly counts: readonly number[];
}

/** What an agency disclosed and received, week by week. */
export interface DisclosuresByWeek {
  /** Mondays on the clocks of Europe/London, `YYYY-MM-DD`, the oldest first. */
  readonly weeks: readonly string[];
  readonly total: readonly number[];
  /** A disclosure counts for each legal basis that it rests on. The most used first. */
  readonly byLegalBasis: readonly WeeklyCounts[];
  /** A disclosure counts once. The agencies with most first. */
  readonly byAgency: readonly WeeklyCounts[];
}

/** Counts the disclosures of an agency by week. */
@Injectable()
export class DisclosuresOverTime {
  constructor(
    private readonly projection: DisclosureProjection,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * INVARIANT: 8. Of disclosures in which the agency received or gave, and in numbers alone, as in its statistics.
   * @returns `undefined` where the numbers cannot be had in time
   */
  async byWeek(agency: string): Promise<DisclosuresByWeek | undefined> {
    try {
      return await this.projection.reading(async (query) => {
        await query(`SET LOCAL statement_timeout = ${COUNT_WITHIN_MS}`);
        return await countByWeek(query, agency, this.clock.now());
      });
    } catch (error) {
      if (error instanceof Problem && isLate(error)) return undefined;
      throw error;
    }
  }
}

/** PostgreSQL's `query_canceled` (57014). */
const isLate = ({ code, cause }: Problem): boolean =>
  code === 'SEARCH_BEHIND' || (cause as { code?: unknown } | undefined)?.code === '57014';

interface Counted {
  readonly what: 'all' | 'basis' | 'given' | 'received';
  readonly value: string | null;
  /** From 0. */
  readonly week: number;
  readonly count: number;
}

async function countByWeek(query: Query, agency: string, now: Date): Promise<DisclosuresByWeek> {
  const weeks = await query<{ week: string }>(WEEKS, [now, COUNTED_WEEKS]);
  const counted = await query<Counted>(COUNTED, [agency, now, COUNTED_WEEKS, MOST_VALUES]);
  const inWeeks = (cells: readonly Counted[]): number[] =>
    weeks.map((_, place) => cells.find(({ week }) => week === place)?.count ?? 0);
  const rowsOf = (...kinds: Counted['what'][]): WeeklyCounts[] => {
    const cells = counted.filter(({ what }) => kinds.includes(what));
    const rows = [...Map.groupBy(cells, ({ what, value }) => `${what}\n${value ?? ''}`).values()].map((ofRow) => {
      const { what, value } = ofRow[0]!;
      const direction = what === 'given' || what === 'received' ? { direction: what } : {};
      return { value, ...direction, counts: inWeeks(ofRow) };
    });
    return rows.toSorted((one, other) => Number(one.value === null) - Number(other.value === null) || most(one, other));
  };
  return {
    weeks: weeks.map(({ week }) => week),
    total: inWeeks(counted.filter(({ what }) => what === 'all')),
    byLegalBasis: rowsOf('basis'),
    byAgency: rowsOf('given', 'received'),
  };
}

const sum = ({ counts }: WeeklyCounts): number => counts.reduce((all, count) => all + count, 0);
const most = (one: WeeklyCounts, other: WeeklyCounts): number =>
  sum(other) - sum(one) || ((one.value ?? '') < (other.value ?? '') ? -1 : 1);

const FIRST_WEEK = `(date_trunc('week', $2::timestamptz AT TIME ZONE 'Europe/London') - make_interval(weeks => $3::int - 1))`;

const WEEKS = `
  SELECT to_char(date_trunc('week', $1::timestamptz AT TIME ZONE 'Europe/London') - make_interval(weeks => back), 'YYYY-MM-DD')
    AS week
  FROM generate_series($2::int - 1, 0, -1) AS back`;

/**
 * INVARIANT: 8. In each direction by itself, from the index that begins with the agency. What is alike is counted first, so
 * that the rest is done with as many rows as there are different ones.
 */
const COUNTED = `
  WITH mine AS (
    SELECT 'received' AS direction, supplier_agency AS other, legal_bases, decided_at FROM disclosures
    WHERE requester_agency = $1 AND result = 'disclosed' AND decided_at >= ${FIRST_WEEK} AT TIME ZONE 'Europe/London'
    UNION ALL
    SELECT 'given', requester_agency, legal_bases, decided_at FROM disclosures
    WHERE supplier_agency = $1 AND requester_agency IS DISTINCT FROM $1 AND result = 'disclosed'
      AND decided_at >= ${FIRST_WEEK} AT TIME ZONE 'Europe/London'
  ), alike AS MATERIALIZED (
    SELECT row_number() OVER () AS id, direction, other, week, legal_bases, count(*)::int AS count
    FROM mine,
      LATERAL (SELECT floor(extract(epoch FROM (decided_at AT TIME ZONE 'Europe/London') - ${FIRST_WEEK}) / 604800)::int AS week)
        AS dated
    GROUP BY direction, other, week, legal_bases
  ), bases AS MATERIALIZED (
    SELECT basis FROM alike, unnest(legal_bases) AS basis GROUP BY basis ORDER BY sum(count) DESC, basis LIMIT $4
  ), agencies AS MATERIALIZED (
    SELECT direction, other FROM alike GROUP BY direction, other ORDER BY sum(count) DESC, direction, other LIMIT $4
  ), by_basis AS (
    SELECT DISTINCT id, week, count, bases.basis FROM alike, unnest(legal_bases) AS used LEFT JOIN bases ON bases.basis = used
  )
  SELECT 'all' AS what, NULL AS value, week, sum(count)::int AS count FROM alike GROUP BY week
  UNION ALL
  SELECT 'basis', basis, week, sum(count)::int FROM by_basis GROUP BY basis, week
  UNION ALL
  SELECT alike.direction, agencies.other, week, sum(count)::int
  FROM alike LEFT JOIN agencies USING (direction, other) GROUP BY alike.direction, agencies.other, week`;
