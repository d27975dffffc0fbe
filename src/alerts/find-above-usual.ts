import type { NewAlert, Query } from './alert.js';
import { USUAL_DAYS, usualOf } from './far-above-usual.js';

/** Below these, of a day, nothing is far above anybody's usual. They are also what somebody new may do. */
export const FLOORS = {
  lookups: { agency: 500, staff: 50 },
  refusals: { agency: 50, staff: 10 },
} as const;

interface Counted {
  readonly agency: string;
  readonly scope: 'agency' | 'staff';
  readonly about: string;
  readonly lookups: number;
  readonly refusals: number;
  readonly usualLookups: readonly number[];
  readonly usualRefusals: readonly number[];
}

/** Agencies and members of staff who, on a day, did far more than is their own usual. @param day in UTC, `YYYY-MM-DD` */
export async function findAboveUsual(query: Query, day: string): Promise<NewAlert[]> {
  const { lookups, refusals } = FLOORS;
  const floors = [lookups.agency, lookups.staff, refusals.agency, refusals.staff];
  const counted = await query<Counted>(ABOVE_FLOOR, [day, USUAL_DAYS, ...floors]);
  return counted.flatMap((one) => [
    ...judge('lookups-above-usual', one, day, one.lookups, usualOf(one.usualLookups, lookups[one.scope])),
    ...judge('refusals-above-usual', one, day, one.refusals, usualOf(one.usualRefusals, refusals[one.scope])),
  ]);
}

function judge(
  kind: 'lookups-above-usual' | 'refusals-above-usual',
  { agency, scope, about }: Counted,
  day: string,
  count: number,
  { median: usual, limit }: ReturnType<typeof usualOf>,
): NewAlert[] {
  if (count <= limit) return [];
  const detail = { day, count, usual, limit: Math.floor(limit), ...(scope === 'staff' && { staffId: about }) };
  return [{ kind, agency, about: scope === 'staff' ? `${day} ${about}` : day, detail }];
}

/** Only days with any look-up count: who works two days a week is held against those. */
const ABOVE_FLOOR = `
  SELECT agency, scope, about, lookups, refusals,
    coalesce(usual_lookups, '{}') AS "usualLookups", coalesce(usual_refusals, '{}') AS "usualRefusals"
  FROM alert_counts counted, LATERAL (
    SELECT array_agg(lookups) AS usual_lookups, array_agg(refusals) AS usual_refusals FROM alert_counts before
    WHERE before.agency = counted.agency AND before.scope = counted.scope AND before.about = counted.about
      AND before.day >= $1::date - $2::int AND before.day < $1::date) AS history
  WHERE day = $1::date AND scope IN ('agency', 'staff')
    AND (lookups > CASE scope WHEN 'agency' THEN $3::int ELSE $4::int END
      OR refusals > CASE scope WHEN 'agency' THEN $5::int ELSE $6::int END)`;
