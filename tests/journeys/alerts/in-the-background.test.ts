import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../src/config/index.js';
import { openDatabaseLine } from '../../support/database-line.js';
import { runAsOwner } from '../../support/database.js';
import { needsQuery, startTestGateway } from '../../support/gateway.js';
import { until } from '../../support/until.js';

describe('alerts in the background', () => {
  it('are looked for by replicas in turn, again after the database was away, and no more once they have stopped', async () => {
    const line = await openDatabaseLine();
    const gateway = await startTestGateway({ ALERTS_EVERY_SECONDS: '1' }, systemClock, line);
    try {
      const other = await gateway.addReplica();
      const council = await gateway.as('northmoor-council-adult-care');
      const counted = async (): Promise<number> => {
        const [row] = await runAsOwner<{ lookups: number }>(
          gateway.database.ownerUrl,
          `SELECT lookups FROM alert_counts WHERE agency = 'northmoor-council' AND scope = 'agency'`,
        );
        return row?.lookups ?? 0;
      };
      for (let i = 0; i < 3; i++) await council('POST', '/v1/queries', needsQuery());
      await until(async () => (await counted()) === 3);
      await pause(2_500);
      expect(await counted()).toBe(3);

      line.cut();
      await until(() => gateway.logged.some((line) => line.includes('"alerts-failed"')));
      line.mend();
      const ask = async (): Promise<number> => (await council('POST', '/v1/queries', needsQuery())).status;
      await until(async () => (await ask()) === 403);
      await until(async () => (await counted()) > 3);

      await other.close();
      await gateway.sandbox.gateway.close();
      const failures = gateway.logged.filter((line) => line.includes('"alerts-failed"')).length;
      await pause(2_500);
      expect(gateway.logged.filter((line) => line.includes('"alerts-failed"'))).toHaveLength(failures);
    } finally {
      await gateway.stop();
    }
  }, 90_000);
});
