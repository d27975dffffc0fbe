import { randomUUIDv7 as uuid } from 'node:crypto';
import { LogUnavailable, type DisclosureLog } from '../../../src/disclosure-log/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, logSigner, openLog } from '../../support/log.js';
import { recordsOf } from '../../support/log-records.js';
import { startStandbyServer, type StandbyServer } from '../../support/standby-server.js';
import { until } from '../../support/until.js';

describe('the disclosure log when a synchronous standby is configured and missing', () => {
  let server: StandbyServer;
  let database: TestDatabase;
  let log: DisclosureLog;
  beforeAll(async () => {
    server = await startStandbyServer();
  });
  afterAll(async () => server.stop());
  beforeEach(async () => {
    database = await createTestDatabase();
    log = openLog(database.applicationUrl);
    await log.append(decisionEntry());
  });
  afterEach(async () => {
    await server.dropStandby();
    await log.close();
    await database.drop();
  });

  const kinds = async (exchangeId: string): Promise<string[]> =>
    (await recordsOf(database.ownerUrl, logSigner).of(exchangeId)).map(({ kind }) => kind);

  it('gives up on a commit that waits, counts it as not durable, and recovers when the standby is no longer asked for', async () => {
    const exchangeId = uuid();
    await server.requireStandby();
    await until(() => !log.readiness().ok);
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.readiness()).toMatchObject({ ok: false });
    await server.dropStandby();
    await until(() => log.readiness().ok && log.unconfirmedExchanges().length === 0);
    await log.append(decisionEntry());
    expect(await recordsOf(database.ownerUrl, logSigner).verify()).toMatchObject({ findings: [] });
  });

  it('does not count a commit whose wait was cancelled, although PostgreSQL reports success; drops the connection', async () => {
    const exchangeId = uuid();
    const sessions = () =>
      runAsOwner<{ pid: number }>(
        server.url,
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'gatehouse-log'`,
      );
    const [before] = await sessions();
    const asking = (async () => {
      await server.requireStandby();
      // The first to wait may be the log itself, trying whether it can write.
      for (;;) {
        const error = await log.append(decisionEntry(exchangeId)).then(
          () => undefined,
          (thrown: unknown) => thrown as Error,
        );
        if (error) return error;
      }
    })();
    let failed: Error | undefined;
    void asking.then((error) => (failed = error));
    await until(async () => (await server.cancelWaits('gatehouse-log')) > 0 || failed !== undefined);
    const error = await asking;
    expect(error).toBeInstanceOf(LogUnavailable);
    expect(error.cause).toMatchObject({ name: 'CommitNotDurable' });
    await until(async () => (await sessions()).every(({ pid }) => pid !== before?.pid));
    await server.dropStandby();
    await until(() => log.readiness().ok && log.unconfirmedExchanges().length === 0);
    // It was kept after all, so an entry says that nothing was released on it.
    expect(await kinds(exchangeId)).toEqual(expect.arrayContaining(['decision', 'reconciliation']));
    expect(await recordsOf(database.ownerUrl, logSigner).verify()).toMatchObject({ findings: [] });
  });
});
