import type { ExportEntry } from '../disclosure-log/index.js';
import type { Query } from '../policy/index.js';

/** Entries among which exports are looked for: no index of the log is for them. */
export const RECENT_WITHIN = 20_000;

/**
 * What officers of an agency took out, the newest first: among the newest {@link RECENT_WITHIN} entries of the log.
 * INVARIANT: 8. Nothing of what others took out.
 */
export async function readRecentExports(query: Query, agency: string): Promise<ExportEntry['claims'][]> {
  const rows = await query<{ claims: string }>(RECENT, [agency, RECENT_WITHIN]);
  return rows.map(({ claims }) => JSON.parse(claims) as ExportEntry['claims']);
}

const RECENT = `
  SELECT claims FROM log_entries JOIN log_bodies USING (log_index)
  WHERE log_index > (SELECT max(log_index) FROM log_entries) - $2::int AND kind = 'disclosures-exported'
    AND claims::jsonb #>> '{exportedBy,agency}' = $1
  ORDER BY log_index DESC`;
