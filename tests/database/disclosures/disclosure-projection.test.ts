import type { DataSource } from 'typeorm';
import { makeTestKeys } from '../../support/test-keys.js';
import { DisclosureLog, type LogEntry } from '../../../src/disclosure-log/index.js';
import { DisclosureProjection } from '../../../src/disclosures/disclosures.module.js';
import { systemClock } from '../../../src/config/index.js';
import { startCommand } from '../../support/command.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { connectTo } from '../../support/definitions.js';
import { appendExchange, disclosed } from '../../support/exchange-entries.js';
import { until } from '../../support/until.js';

describe('the tables that officers search', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let log: DisclosureLog;
  let projection: DisclosureProjection;
  const warnings: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await connectTo(database.applicationUrl);
    log = new DisclosureLog({
      databaseUrl: database.applicationUrl,
      signer: { name: 'test.example/log', key: makeTestKeys().log.privateKey },
      clock: systemClock,
    });
    projection = new DisclosureProjection(dataSource, { warn: (event) => void warnings.push(event) });
  });
  afterAll(async () => {
    await projection.onModuleDestroy();
    await log.close();
    await dataSource.destroy();
    await database.drop();
  });

  const rows = () =>
    projection.reading((query) => query<Record<string, unknown>>('SELECT * FROM disclosures ORDER BY log_index'));
  const idsOf = async () => (await rows()).map(({ exchange_id: id }) => id);
  const permitted = {
    claims: {
      decision: { outcome: 'permit' as const, reasonCodes: ['PERMIT'], policyVersion: 'made-up' },
      items: [
        { dataItem: 'one', outcome: 'permit' as const, reasonCodes: [], legalBasis: ['care-2014-s6', 'ukgdpr-6-1-e'] },
        { dataItem: 'two', outcome: 'permit' as const, reasonCodes: [], legalBasis: ['care-2014-s42'] },
      ],
    },
  };

  it('follow an exchange from its decision to its outcome, and to the entry that says nothing was released', async () => {
    const id = await appendExchange(log, permitted);
    expect(await rows()).toMatchObject([{ exchange_id: id, outcome: 'permit', result: null, legal_bases: [] }]);
    const other = await appendExchange(log, { ...permitted, outcome: disclosed('one') });
    const [, row] = await rows();
    expect(row).toMatchObject({
      exchange_id: other,
      result: 'disclosed',
      released: ['one'],
      legal_bases: ['care-2014-s6', 'ukgdpr-6-1-e'],
    });
    const at = new Date().toISOString();
    await log.append({
      claims: { kind: 'reconciliation', at, exchangeId: other, unconfirmed: 'outcome', result: 'not-released' },
      detail: {},
    });
    expect((await rows())[1]).toMatchObject({ result: 'not-released', released: [], legal_bases: [] });
  });

  it('say whether either agency processed for law enforcement, by the stack, and by the purpose where there is none', async () => {
    const stack = (legalBasis: string[], purpose: string) => ({
      claims: { purpose, items: [{ dataItem: 'one', outcome: 'permit' as const, reasonCodes: [], legalBasis }] },
    });
    const cases: [object, boolean][] = [
      [stack(['dpa-part3-s31-s35'], 'law-enforcement'), true],
      [stack(['ukgdpr-6-1-e', 'dpa-part3-s36'], 'anti-social-behaviour'), true],
      [stack(['ukgdpr-6-1-e', 'dpa-sch2-para2'], 'crime'), false],
      [stack(['ukgdpr-6-1-e'], 'adult-social-care'), false],
      [{ claims: { purpose: 'youth-justice' } }, true],
      [{ claims: { purpose: 'adult-social-care' } }, false],
      [{ claims: { purpose: null } }, false],
      [{ claims: { purpose: null, lawEnforcement: { agencies: ['northmoor-police'] } } as object }, true],
    ];
    for (const [madeUp, expected] of cases) {
      await appendExchange(log, madeUp);
      expect((await rows()).at(-1)).toMatchObject({ law_enforcement: expected });
    }
  });

  it('are caught up in the background, by nobody asking', async () => {
    const progress = async () => {
      const [row] = await runAsOwner<{ behind: boolean }>(
        database.ownerUrl,
        'SELECT next_index < (SELECT max(tree_size) FROM log_checkpoints) AS behind FROM disclosures_progress',
      );
      return row?.behind === false;
    };
    await appendExchange(log);
    expect(await progress()).toBe(false);
    projection.onModuleInit();
    await until(progress);
    expect(warnings).toEqual([]);
  });

  it('lose what is erased from the log, and come out the same when they are made anew', async () => {
    const erased = await appendExchange(log, { ...permitted, outcome: disclosed('one') });
    const kept = await appendExchange(log, { ...permitted, outcome: disclosed('two') });
    expect(await idsOf()).toEqual(expect.arrayContaining([erased, kept]));
    const places = await runAsOwner<{ index: number }>(
      database.ownerUrl,
      `DELETE FROM log_bodies USING log_entries WHERE log_entries.log_index = log_bodies.log_index AND exchange_id = $1
       RETURNING log_entries.log_index::int AS index`,
      [erased],
    );
    const left = 'SELECT 1 FROM disclosures WHERE exchange_id = $1';
    expect(await runAsOwner(database.ownerUrl, left, [erased])).toEqual([]);
    const indexes = places.map(({ index }) => index).sort((a, b) => a - b);
    await log.append({
      claims: {
        kind: 'bodies-erased',
        at: new Date().toISOString(),
        erased: [[indexes[0], indexes.at(-1)]],
        reason: 'retention-ended',
        orderedBy: null,
      },
      detail: {},
    } as unknown as LogEntry);
    const before = await rows();
    expect(before.map(({ exchange_id: id }) => id)).not.toContain(erased);
    expect(before.map(({ exchange_id: id }) => id)).toContain(kept);
    const made: number[] = [];
    await projection.rebuild((entries) => made.push(entries));
    expect(made.length).toBeGreaterThan(0);
    expect(await rows()).toEqual(before);
  });

  it('are made anew by a command, whatever was in them', async () => {
    const before = await rows();
    await runAsOwner(database.ownerUrl, `UPDATE disclosures SET purpose = 'made-up', items = '{}'`);
    await runAsOwner(database.ownerUrl, 'DELETE FROM disclosures WHERE log_index % 2 = 0');
    expect(await rows()).not.toEqual(before);
    const [size] = await runAsOwner<{ size: number }>(
      database.ownerUrl,
      'SELECT max(tree_size)::int AS size FROM log_checkpoints',
    );
    const { code, stdout } = await startCommand(['disclosures', 'rebuild'], { DATABASE_URL: database.applicationUrl })
      .ended;
    expect([code, stdout]).toEqual([0, `The tables hold what the first ${size!.size} entries of the log say.\n`]);
    expect(await rows()).toEqual(before);
    const unreachable = { DATABASE_URL: `${database.applicationUrl}x` };
    expect(await startCommand(['disclosures', 'rebuild'], unreachable).ended).toMatchObject({ code: 1, stdout: '' });
  });

  it('are not read while they hold less than the log: a search is refused rather than short of something', async () => {
    const holding = await connectTo(database.applicationUrl);
    await appendExchange(log);
    await holding.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM disclosures_progress FOR UPDATE');
      await appendExchange(log);
      await expect(rows()).rejects.toMatchObject({ code: 'SEARCH_BEHIND' });
    });
    await holding.destroy();
    expect((await rows()).length).toBeGreaterThan(0);
  });

  it('are made by many at once as by one', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => appendExchange(log, { ...permitted, outcome: disclosed('one') })),
    );
    const read = await Promise.all(Array.from({ length: 3 }, () => rows()));
    expect(read[1]).toEqual(read[0]);
    expect(read[2]).toEqual(read[0]);
  });
});
