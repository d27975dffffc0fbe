import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import type { Alert } from '../alerts/index.js';
import { readSettings, StartUpError, systemClock } from '../config/index.js';

/** Adds `gatehouse alerts` and `gatehouse alerts close`. */
export function addAlertsCommand(program: Command): void {
  const alerts = program.command('alerts').description('what whoever runs the gateway should look at');
  alerts
    .command('list', { isDefault: true })
    .description('the alerts that nobody has closed, the oldest first')
    .option('--all', 'those that are closed, too')
    .option('--json', 'everything, for a program to read')
    .action(async ({ all, json }: { all?: true; json?: true }) => {
      const { readOperatorAlerts } = await import('../alerts/index.js');
      const found = await connected((dataSource) =>
        readOperatorAlerts(
          async <Row>(sql: string, values: readonly unknown[] = []) =>
            (await dataSource.query(sql, [...values])) as Row[],
          all ?? false,
        ),
      );
      for (const line of json ? [JSON.stringify(found, null, 2)] : describeAlerts(found)) console.log(line);
    });
  alerts
    .command('close')
    .description('close an alert with what was found; this is recorded in the disclosure log')
    .argument('<id>')
    .argument('<outcome>', 'what was found: one of a list')
    .action(async (id: string, found: string) => {
      const { isUUID } = await import('class-validator');
      const { ALERT_OUTCOMES, closeOperatorAlert } = await import('../alerts/index.js');
      const outcome = ALERT_OUTCOMES.find((one) => one === found);
      if (!outcome) throw new StartUpError(`The outcome is one of ${ALERT_OUTCOMES.join(', ')}.`);
      const { readGatewayKeys } = await import('../keys/index.js');
      const settings = readSettings(process.env);
      const { log } = await readGatewayKeys(settings.keysFolder);
      const signing = { signer: { name: settings.logName, key: log.privateKey }, at: systemClock.now() };
      const closed =
        isUUID(id) && (await connected((dataSource) => closeOperatorAlert(dataSource, id, outcome, signing)));
      if (!closed) throw new StartUpError('There is no open alert of the operator’s with this id.');
      console.log('The alert is closed.');
    });
}

/** One line for each alert, and one that says how many there are. */
export function describeAlerts(alerts: readonly Alert[]): string[] {
  const lines = alerts.map(
    ({ id, kind, about, raisedAt, status, outcome }) =>
      `${raisedAt.toISOString()}  ${id}  ${kind}  ${about}  ${outcome ?? status}`,
  );
  if (alerts.length === 0) return ['No alert.'];
  return [...lines, alerts.length === 1 ? '1 alert.' : `${alerts.length} alerts.`];
}

async function connected<Found>(run: (dataSource: DataSource) => Promise<Found>): Promise<Found> {
  const { connectForCommand } = await import('./connect.js');
  const dataSource = await connectForCommand();
  try {
    return await run(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
