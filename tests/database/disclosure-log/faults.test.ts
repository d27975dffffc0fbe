import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { LogUnavailable, type DisclosureLog } from '../../../src/disclosure-log/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { openDatabaseLine, type DatabaseLine } from '../../support/database-line.js';
import { decisionEntry, openLog } from '../../support/log.js';

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(50);
};

describe('the disclosure log when PostgreSQL fails', () => {
  let database: TestDatabase;
  let line: DatabaseLine;
  let log: DisclosureLog;

  beforeEach(async () => {
    database = await createTestDatabase();
    line = await openDatabaseLine();
    log = openLog(line.leadingTo(database.applicationUrl));
    await log.append(decisionEntry());
  });
  afterEach(async () => {
    await log.close();
    await line.close();
    await database.drop();
  });

  const kinds = async (exchangeId: string): Promise<string[]> =>
    (
      await runAsOwner<{ kind: string }>(
        database.ownerUrl,
        'SELECT kind FROM log_entries WHERE exchange_id = $1 ORDER BY log_index',
        [exchangeId],
      )
    ).map((row) => row.kind);

  it('records nothing when the line is cut before the commit, and recovers by itself', async () => {
    const exchangeId = uuid();
    line.cutBefore = 'insert_entries';
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.readiness().ok).toBe(false);
    expect(log.unconfirmedExchanges()).toEqual([]);
    await until(() => log.readiness().ok);
    expect(await kinds(exchangeId)).toEqual([]);
    await log.append(decisionEntry());
  });

  it('does not count a commit whose answer was lost; finds it later and writes that nothing was released', async () => {
    const exchangeId = uuid();
    line.cutAfter = 'COMMIT';
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.unconfirmedExchanges()).toEqual([{ exchangeId, kind: 'decision' }]);
    await until(() => log.unconfirmedExchanges().length === 0);
    expect(await kinds(exchangeId)).toEqual(['decision', 'reconciliation']);
  });

  it('does not count a commit that never reached the server, and adds nothing about it', async () => {
    const exchangeId = uuid();
    line.cutBefore = 'COMMIT';
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.unconfirmedExchanges()).toHaveLength(1);
    await until(() => log.unconfirmedExchanges().length === 0);
    expect(await kinds(exchangeId)).toEqual([]);
  });

  it('answers at once all who wait behind a failure', async () => {
    line.cutAfter = 'COMMIT';
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => log.append(decisionEntry())));
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    await until(() => log.readiness().ok && log.unconfirmedExchanges().length === 0);
  });

  it('gives up on a lock that another holds, without leaving a session behind', async () => {
    const pg = await import('pg');
    const holder = new pg.default.Client({ connectionString: database.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN; SELECT 1 FROM log_lock FOR UPDATE');
    await expect(log.append(decisionEntry())).rejects.toThrow(LogUnavailable);
    await holder.query('ROLLBACK');
    await holder.end();
    await until(() => log.readiness().ok);
    await log.append(decisionEntry());
  });
});
