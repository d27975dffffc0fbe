import { randomUUIDv7 as uuid } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BudgetUsedUp,
  EntryStale,
  LogUnavailable,
  type BudgetUse,
  type DisclosureLog,
} from '../../../src/disclosure-log/index.js';
import { openDatabaseLine, type DatabaseLine } from '../../support/database-line.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, FIXED_NOW, logSigner, openLog } from '../../support/log.js';

const BUDGET: BudgetUse = { agreement: 'care', leg: 'trust-to-council', system: 'adult-care', period: 'hour', most: 7 };
const NEXT_HOUR = new Date('2026-11-22T10:00:00.000Z');

describe('budgets counted by the disclosure log', () => {
  let database: TestDatabase;
  let line: DatabaseLine;
  let now: Date;
  const opened: DisclosureLog[] = [];
  const open = (url = database.applicationUrl): DisclosureLog => {
    const log = openLog(url, logSigner, { now: () => now });
    opened.push(log);
    return log;
  };
  beforeEach(async () => {
    now = FIXED_NOW;
    database = await createTestDatabase();
    line = await openDatabaseLine();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()));
    await line.close();
    await database.drop();
  });

  const take = async (log: DisclosureLog, ...budgets: BudgetUse[]): Promise<'recorded' | 'used up'> => {
    try {
      await log.append(decisionEntry(uuid(), log.clock.now()), { budgets });
      return 'recorded';
    } catch (error) {
      if (error instanceof BudgetUsedUp) return 'used up';
      throw error;
    }
  };
  const recorded = async (): Promise<Record<string, number>> => {
    const rows = await runAsOwner<{ hour: string; n: number }>(
      database.ownerUrl,
      `SELECT claims::jsonb ->> 'at' AS hour, count(*)::int AS n FROM log_entries JOIN log_bodies USING (log_index)
       WHERE kind = 'decision' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ hour, n }) => [hour, n]));
  };
  const used = (): Promise<object[]> =>
    runAsOwner(
      database.ownerUrl,
      'SELECT leg, period, began_at, used::int FROM budget_uses ORDER BY period, system, leg',
    );

  it('records exactly as many entries as the budget has, from several replicas at once, in batches large and small', async () => {
    const logs = [open(), open(), open()];
    const outcomes = await Promise.all(
      Array.from({ length: 90 }, async (_, i) => {
        await sleep((i % 9) * 3);
        return await take(logs[i % 3]!, { ...BUDGET, most: 40 });
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(40);
    expect(await recorded()).toEqual({ [FIXED_NOW.toISOString()]: 40 });
    expect(await used()).toEqual([
      { leg: BUDGET.leg, period: 'hour', began_at: new Date('2026-11-22T09:00:00Z'), used: 40 },
    ]);
  });

  it('takes the other entries of a batch in which a budget is used up', async () => {
    const log = open();
    await log.append(decisionEntry());
    const [over, ...others] = await Promise.allSettled([
      Promise.all(Array.from({ length: 9 }, () => take(log, BUDGET))),
      ...Array.from({ length: 9 }, () => log.append(decisionEntry())),
    ]);
    expect(over.status === 'fulfilled' && over.value.filter((outcome) => outcome === 'recorded')).toHaveLength(7);
    expect(others.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await recorded()).toEqual({ [FIXED_NOW.toISOString()]: 17 });
  });

  it('counts each system and each leg by itself, and takes all budgets of an entry or none', async () => {
    const log = open();
    const other = { ...BUDGET, leg: 'other', most: 1 };
    const outcomes = [
      await take(log, BUDGET, other),
      await take(log, BUDGET, other),
      await take(log, BUDGET),
      await take(log, { ...other, system: 'another' }),
    ];
    expect(outcomes).toEqual(['recorded', 'used up', 'recorded', 'recorded']);
    expect(await used()).toMatchObject([
      { leg: 'other', used: 1 },
      { leg: BUDGET.leg, used: 2 },
      { leg: 'other', used: 1 },
    ]);
    await expect(log.append(decisionEntry(), { budgets: [BUDGET, other] })).rejects.toEqual(new BudgetUsedUp([other]));
  });

  it('counts nothing for a batch that failed, and goes on with what is left', async () => {
    const log = open(line.leadingTo(database.applicationUrl));
    expect(await take(log, BUDGET)).toBe('recorded');
    line.cutBefore = 'insert_entries';
    const failed = await Promise.allSettled(Array.from({ length: 5 }, () => take(log, BUDGET)));
    expect(failed.map((one) => one.status === 'rejected' && one.reason instanceof LogUnavailable)).toEqual(
      Array(5).fill(true),
    );
    while (!log.readiness().ok) await sleep(50);
    const outcomes = await Promise.all(Array.from({ length: 9 }, () => take(log, BUDGET)));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(6);
    expect(await recorded()).toEqual({ [FIXED_NOW.toISOString()]: 7 });
  });

  it('counts what a batch recorded whose commit was not confirmed: the record is there, and so is its count', async () => {
    const log = open(line.leadingTo(database.applicationUrl));
    expect(await take(log, BUDGET)).toBe('recorded');
    line.cutAfter = 'COMMIT';
    await expect(Promise.all([take(log, BUDGET), take(log, BUDGET)])).rejects.toThrow(LogUnavailable);
    while (log.unconfirmedExchanges().length > 0) await sleep(50);
    const outcomes = await Promise.all(Array.from({ length: 9 }, () => take(log, BUDGET)));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(4);
    expect(await recorded()).toEqual({ [FIXED_NOW.toISOString()]: 7 });
  });

  it('gives the whole budget again when the hour turns, and the day’s goes on', async () => {
    const logs = [open(), open()];
    const byDay: BudgetUse = { ...BUDGET, period: 'day', most: 10 };
    const all = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => take(logs[i % 2]!, BUDGET, byDay)));
    now = new Date(NEXT_HOUR.getTime() - 1);
    const last = now;
    expect((await all(12)).filter((outcome) => outcome === 'recorded')).toHaveLength(7);
    now = NEXT_HOUR;
    expect((await all(12)).filter((outcome) => outcome === 'recorded')).toHaveLength(3);
    expect(await recorded()).toEqual({ [last.toISOString()]: 7, [NEXT_HOUR.toISOString()]: 3 });
    expect(await used()).toMatchObject([
      { period: 'day', used: 10 },
      { began_at: NEXT_HOUR, used: 3 },
    ]);
  });

  it('refuses an entry that was decided in an earlier hour than it would be recorded in', async () => {
    const log = open();
    await log.append(decisionEntry());
    const entry = decisionEntry(uuid(), new Date(NEXT_HOUR.getTime() - 1));
    now = NEXT_HOUR;
    await expect(log.append(entry, { budgets: [BUDGET] })).rejects.toEqual(new EntryStale('other-period'));
    expect(await used()).toEqual([]);
  });

  it('sends not one statement more for entries without a budget, and no round trip more for those with one', async () => {
    const log = open(line.leadingTo(database.applicationUrl));
    const sentFor = async (...budgets: BudgetUse[]): Promise<string[]> => {
      line.sent = [];
      await take(log, ...budgets);
      return line.sent;
    };
    await sentFor();
    await sentFor();
    const plain = await sentFor();
    expect(plain.join()).not.toContain('budget_uses');
    expect(plain).toHaveLength(2);
    const counted = await sentFor(BUDGET);
    expect(counted).toHaveLength(plain.length);
    expect(counted.join().match(/(FROM|INTO) budget_uses/g)).toHaveLength(2);
  });
});
