import { randomUUIDv7 as uuid } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EntryStale,
  LogUnavailable,
  type Change,
  type DisclosureLog,
  type PermissionUse,
} from '../../../src/disclosure-log/index.js';
import { openDatabaseLine, type DatabaseLine } from '../../support/database-line.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, FIXED_NOW, openLog } from '../../support/log.js';
import { readLog } from '../../support/read-log.js';

const use = (change: Partial<PermissionUse> = {}): PermissionUse => ({
  permission: uuid(),
  exchangeId: uuid(),
  recipient: 'a-council',
  supplier: 'a-trust',
  dataService: 'a-trust/needs',
  disclosedAt: FIXED_NOW,
  ...change,
});

describe('uses of permissions kept by the disclosure log', () => {
  let database: TestDatabase;
  let line: DatabaseLine;
  let log: DisclosureLog;
  beforeEach(async () => {
    database = await createTestDatabase();
    line = await openDatabaseLine();
    log = openLog(line.leadingTo(database.applicationUrl));
  });
  afterEach(async () => {
    await log.close();
    await line.close();
    await database.drop();
  });

  const keep = (...uses: PermissionUse[]) => log.append(decisionEntry(uses[0]?.exchangeId), { uses });
  const kept = async (): Promise<string[]> => {
    const rows = await runAsOwner<{ permission: string }>(
      database.ownerUrl,
      'SELECT permission FROM permission_uses ORDER BY permission',
    );
    return rows.map(({ permission }) => permission);
  };
  const idsOf = (uses: readonly PermissionUse[]): string[] => uses.map(({ permission }) => permission).toSorted();

  it('are all there once their entries are recorded, in batches large and small', async () => {
    const uses = Array.from({ length: 60 }, () => use());
    const recorded = await Promise.all(
      uses.map(async (one, i) => {
        await sleep((i % 6) * 3);
        return await keep(one, { ...one, dataService: 'a-trust/risks' });
      }),
    );
    expect(recorded).toHaveLength(60);
    expect(await kept()).toHaveLength(120);
    expect(new Set(await kept())).toEqual(new Set(idsOf(uses)));
  });

  it('are kept in a batch that changes something besides', async () => {
    await log.append(decisionEntry());
    const change: Change = {
      sql: 'INSERT INTO withdrawal_acknowledgements (recipient, notice, acknowledged_at) VALUES ($1, $2, $3)',
      values: ['a-council', uuid(), FIXED_NOW],
    };
    const [one, other] = [use(), use()];
    await Promise.all([keep(one), log.append(decisionEntry(), {}, change), keep(other)]);
    expect(await kept()).toEqual(idsOf([one, other]));
  });

  it('are not kept of an entry that is not recorded, while the others of its batch are', async () => {
    await log.append(decisionEntry());
    const [stale, fresh] = [use(), use()];
    const [refused] = await Promise.allSettled([
      log.append(decisionEntry(), { uses: [stale], permissions: [{ id: stale.permission, revision: 0 }] }),
      keep(fresh),
    ]);
    expect(refused).toMatchObject({ reason: new EntryStale('permission-withdrawn') });
    expect(await kept()).toEqual([fresh.permission]);
  });

  it('are there exactly when the record is, whether the batch failed or its commit was not confirmed', async () => {
    await log.append(decisionEntry());
    line.cutBefore = 'insert_entries';
    await expect(keep(use())).rejects.toThrow(LogUnavailable);
    while (!log.readiness().ok) await sleep(50);
    expect(await kept()).toEqual([]);
    const unconfirmed = use();
    line.cutAfter = 'COMMIT';
    await expect(keep(unconfirmed)).rejects.toThrow(LogUnavailable);
    while (log.unconfirmedExchanges().length > 0) await sleep(50);
    expect((await readLog(database.ownerUrl, unconfirmed.exchangeId)).map(({ kind }) => kind)).toContain('decision');
    expect(await kept()).toEqual([unconfirmed.permission]);
  });

  it('send not one statement more for entries without one, and no round trip more for those with one', async () => {
    const sentFor = async (...uses: PermissionUse[]): Promise<string[]> => {
      line.sent = [];
      await keep(...uses);
      return line.sent;
    };
    await sentFor();
    await sentFor();
    const plain = await sentFor();
    expect(plain.join()).not.toContain('permission_uses');
    expect(plain).toHaveLength(2);
    const counted = await sentFor(use(), use());
    expect(counted).toHaveLength(plain.length);
    expect(counted.join().match(/permission_uses/g)).toHaveLength(1);
  });
});
