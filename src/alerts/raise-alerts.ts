import { randomUUIDv7 as uuid } from 'node:crypto';
import type { NewAlert, Query } from './alert.js';

/**
 * Raises alerts, each at most once while one of the same kind and agency about the same is open, and puts each that its agency
 * wants to be sent on its way, in one statement.
 *
 * @param again Raises one, too, where an alert about the same was closed before. What is found by looking at the same again
 *   must not be.
 * @returns how many were raised
 */
export async function raiseAlerts(
  query: Query,
  alerts: readonly NewAlert[],
  { at, again }: { readonly at: Date; readonly again: boolean },
): Promise<number> {
  if (alerts.length === 0) return 0;
  const raised = await query(RAISE, [
    alerts.map(() => uuid()),
    alerts.map(({ kind }) => kind),
    alerts.map(({ agency }) => agency),
    alerts.map(({ about }) => about),
    alerts.map(({ detail }) => JSON.stringify(detail)),
    at,
    again,
  ]);
  return raised.length;
}

/** Without a list of kinds, an agency is sent all but the samples, which wait for whoever looks through them. */
const RAISE = `
  WITH raised AS (
    INSERT INTO alerts (id, kind, agency, about, detail, raised_at, status)
    SELECT id, kind, agency, about, detail, $6, 'new'
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[]) AS found (id, kind, agency, about, detail)
    WHERE $7 OR NOT EXISTS (SELECT FROM alerts known
      WHERE known.kind = found.kind AND known.about = found.about AND known.agency IS NOT DISTINCT FROM found.agency)
    ON CONFLICT DO NOTHING
    RETURNING id, kind, agency
  ), sent AS (
    INSERT INTO alert_deliveries (alert, attempts, next_at)
    SELECT raised.id, 0, $6 FROM raised JOIN agencies ON agencies.id = raised.agency
    WHERE document -> 'alerts' IS NOT NULL
      AND coalesce(document #> '{alerts,kinds}' ? raised.kind, raised.kind <> 'sampled')
  )
  SELECT id FROM raised`;
