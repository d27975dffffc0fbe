import type { DataSource } from 'typeorm';
import { appendWithin, type NoteKey } from '../disclosure-log/index.js';
import type { Alert, AlertOutcome, Query } from './alert.js';
import { ALERTS } from './alert-rows.js';

/** The alerts for whoever runs the gateway, the oldest first. @param closed those that are closed, too */
export async function readOperatorAlerts(query: Query, closed: boolean): Promise<Alert[]> {
  return await query<Alert>(`${ALERTS} WHERE agency IS NULL AND ($1 OR status <> 'closed') ORDER BY id`, [closed]);
}

/**
 * Closes an alert for whoever runs the gateway, with its entry in the log.
 * @returns false when there is none that is open
 */
export async function closeOperatorAlert(
  dataSource: DataSource,
  id: string,
  outcome: AlertOutcome,
  signing: { readonly signer: NoteKey; readonly at: Date },
): Promise<boolean> {
  const { signer, at } = signing;
  return await dataSource.transaction(async (manager) => {
    await manager.query('SELECT 1 FROM log_lock FOR UPDATE');
    const [[closed]] = (await manager.query(CLOSE, [id, at, outcome])) as [{ kind: string }[], number];
    if (!closed) return false;
    await appendWithin(
      async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[],
      [
        {
          claims: {
            kind: 'alert-closed',
            at: at.toISOString(),
            alert: id.toLowerCase(),
            alertKind: closed.kind,
            by: null,
            outcome,
          },
          detail: {},
        },
      ],
      { signer, at },
    );
    return true;
  });
}

const CLOSE = `UPDATE alerts SET status = 'closed', closed_at = $2, outcome = $3
  WHERE id = $1 AND agency IS NULL AND status <> 'closed' RETURNING kind`;
