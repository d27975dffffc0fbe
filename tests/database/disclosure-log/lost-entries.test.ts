import { DisclosureLog, LogUnavailable } from '../../../src/disclosure-log/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, fixedClock, logSigner } from '../../support/log.js';
import { until } from '../../support/until.js';

describe('a disclosure log that has lost entries', () => {
  let database: TestDatabase;
  let log: DisclosureLog;
  let failures = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    const observe = {
      failed: () => void failures++,
      written: () => undefined,
      unconfirmed: () => undefined,
      reconciled: () => undefined,
    };
    log = new DisclosureLog({ databaseUrl: database.applicationUrl, signer: logSigner, clock: fixedClock, observe });
  });
  afterAll(async () => {
    await log.close();
    await database.drop();
  });

  it('is not gone on with by a replica that knows of them, however often it tries', async () => {
    await log.append(decisionEntry());
    await log.append(decisionEntry());
    // As after the restore of a backup that is too old: what is left fits together.
    await runAsOwner(
      database.ownerUrl,
      `DELETE FROM log_bodies WHERE log_index = 1; DELETE FROM log_entries WHERE log_index = 1;
       DELETE FROM log_nodes; DELETE FROM log_checkpoints WHERE tree_size = 2`,
    );
    await until(() => failures >= 3);
    expect(log.readiness()).toEqual({
      ok: false,
      reason: 'the disclosure log is damaged: the log has lost entries',
    });
    await expect(log.append(decisionEntry())).rejects.toThrow(LogUnavailable);
    expect(await runAsOwner(database.ownerUrl, 'SELECT log_index FROM log_entries')).toHaveLength(1);
  });
});
