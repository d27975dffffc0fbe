import type { Query } from './alert.js';

/** Entries of the log after `after`, up to and with `upTo`. */
export interface Slice {
  readonly after: number;
  readonly upTo: number;
}

/** How many days of counts are kept, so that each day has its {@link USUAL_DAYS} before it. */
export const COUNTED_DAYS = 35;

/** Each is one look-up: a request, or an officer's look into what others did. */
const LOOK_UPS = [
  'decision',
  'explanation-read',
  'disclosures-searched',
  'person-searched',
  'permissions-searched',
  'permission-read',
  'subject-access-reported',
  'disclosures-exported',
];

/**
 * Adds the look-ups of a slice to the counts by day (UTC): of each agency, of each of its members of staff, and about each
 * person by their handle in the view of each agency concerned. MUST run once for each slice.
 * @param since entries before are not counted
 * @returns the days that have more than before, `YYYY-MM-DD`
 */
export async function countLookUps(query: Query, { after, upTo }: Slice, since: Date): Promise<string[]> {
  const rows = await query<{ day: string }>(COUNT, [after, upTo, since, LOOK_UPS]);
  return [...new Set(rows.map(({ day }) => day))];
}

/** Forgets counts of days that nothing is held against any more. */
export async function forgetOldCounts(query: Query, before: string): Promise<void> {
  await query('DELETE FROM alert_counts WHERE day < $1 RETURNING 1', [before]);
}

/**
 * Forgets what was counted about persons on the days of entries whose bodies were erased since: which handles stood in them
 * can no longer be told.
 */
export async function forgetErased(query: Query, { after, upTo }: Slice): Promise<void> {
  await query(
    `DELETE FROM alert_counts WHERE scope = 'handle' AND day IN (
       SELECT (erased.recorded_at AT TIME ZONE 'UTC')::date
       FROM log_entries entry JOIN log_bodies body USING (log_index),
         LATERAL jsonb_array_elements(body.claims::jsonb -> 'erased') AS range
         JOIN log_entries erased ON erased.log_index BETWEEN (range ->> 0)::bigint AND (range ->> 1)::bigint
       WHERE entry.log_index > $1 AND entry.log_index <= $2 AND entry.kind = 'bodies-erased')
     RETURNING 1`,
    [after, upTo],
  );
}

const COUNT = `
  WITH entry AS MATERIALIZED (
    SELECT log_index, (recorded_at AT TIME ZONE 'UTC')::date AS day, kind = 'decision' AS is_request,
      requester_agency, supplier_agency, claims::jsonb AS claims, detail::jsonb AS detail
    FROM log_entries JOIN log_bodies USING (log_index)
    WHERE log_index > $1 AND log_index <= $2 AND recorded_at >= $3 AND kind = ANY ($4)
  ), look_up AS (
    SELECT log_index, day, requester_agency AS agency, claims #>> '{requester,staffId}' AS staff,
      claims #>> '{decision,outcome}' = 'deny' AS refused
    FROM entry WHERE is_request
    UNION ALL
    SELECT log_index, day, officer ->> 'agency', officer ->> 'officer', false
    FROM entry, LATERAL jsonb_path_query_first(claims, '$.* ? (exists (@.officer))') AS officer
    WHERE NOT is_request AND officer ->> 'agency' IS NOT NULL
  ), counted AS (
    SELECT agency, 'agency' AS scope, '' AS about, day, log_index, refused FROM look_up
    UNION ALL
    SELECT agency, 'staff', staff, day, log_index, refused FROM look_up WHERE staff IS NOT NULL
    UNION ALL
    SELECT view.agency, 'handle', handle, day, log_index, claims #>> '{decision,outcome}' = 'deny'
    FROM entry,
      LATERAL (VALUES (requester_agency, detail #> '{subjectHandles,requester}'),
        (supplier_agency, detail #> '{subjectHandles,supplier}')) AS view (agency, handles),
      LATERAL jsonb_array_elements_text(handles) AS handle
    WHERE is_request AND view.agency IS NOT NULL
  )
  INSERT INTO alert_counts AS known (agency, scope, about, day, lookups, refusals, first_index, last_index)
  SELECT agency, scope, about, day, count(*), count(*) FILTER (WHERE refused), min(log_index), max(log_index)
  FROM counted GROUP BY agency, scope, about, day
  ON CONFLICT (agency, scope, about, day) DO UPDATE SET lookups = known.lookups + EXCLUDED.lookups,
    refusals = known.refusals + EXCLUDED.refusals, last_index = EXCLUDED.last_index
  RETURNING day::text`;
