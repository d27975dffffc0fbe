import path from 'node:path';
import { DataSource } from 'typeorm';
import pg from 'pg';
import { accessibilityFaults, browserOf, startBrowser } from '../../support/browser.js';
import { startCommand } from '../../support/command.js';
import { COUNCIL_OPERATOR } from '../../support/console-world.js';
import { openDatabaseLine, type DatabaseLine } from '../../support/database-line.js';
import { needsPermission, needsQuery, type Answer } from '../../support/gateway.js';
import { SECRET, startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { until } from '../../support/until.js';

describe('a gateway whose PostgreSQL goes away', () => {
  let line: DatabaseLine;
  let world: FaultyWorld;
  beforeAll(async () => {
    line = await openDatabaseLine();
    world = await startFaultyWorld({}, line);
  });
  afterAll(async () => world.stop());
  beforeEach(async () => world.untilReady());

  const expectRefused = (answer: Answer): void => {
    expect(answer.status).toBe(503);
    expect(answer.body['code']).toMatch(/^(LOG|STORE)_UNAVAILABLE$/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.text).not.toContain(SECRET);
  };

  it('says that it is not ready, and why, although nobody asks it for anything; it is alive, and ready again by itself', async () => {
    line.cut();
    await world.untilReady(false);
    const { checks } = JSON.parse((await world.health('ready')).text) as { checks: { name: string; ok: boolean }[] };
    expect(checks).toContainEqual({
      name: 'disclosure-log',
      ok: false,
      reason: expect.stringMatching(/^the disclosure log cannot be written/) as string,
    });
    expect((await world.health('live')).status).toBe(200);
    line.mend();
    await world.untilReady();
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
  });

  it('says that it is not ready when the database stops answering without hanging up', async () => {
    line.freeze();
    await world.untilReady(false);
    expect((await world.health('live')).status).toBe(200);
    expectRefused(await world.council('POST', '/v1/queries', needsQuery()));
    line.mend();
    await world.untilReady();
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
  });

  it('answers 503 with Retry-After before the decision, asks no supplier, and serves again without a restart', async () => {
    const asked = world.supplier.asked();
    line.cut();
    expectRefused(await world.council('POST', '/v1/queries', needsQuery()));
    expectRefused(await world.council('POST', '/v1/permissions', needsPermission()));
    line.mend();
    await world.untilReady();
    expect(world.supplier.asked()).toBe(asked);
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
  });

  it('answers 503, and not that a permission is missing, when what was recorded cannot be read in time', async () => {
    const owner = await new DataSource({ type: 'postgres', url: world.gateway.database.ownerUrl }).initialize();
    const holding = owner.createQueryRunner();
    await holding.startTransaction();
    await holding.query('LOCK TABLE permissions IN ACCESS EXCLUSIVE MODE');
    const answer = await world.council('POST', '/v1/queries', needsQuery());
    await holding.rollbackTransaction();
    await holding.release();
    await owner.destroy();
    expectRefused(answer);
    expect(await world.records.of(answer.body['exchangeId'])).toEqual([]);
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
  });

  it('answers 503 when the decision cannot be written, and asks no supplier', async () => {
    const asked = world.supplier.asked();
    line.cutBefore = 'insert_entries';
    const answer = await world.council('POST', '/v1/queries', needsQuery());
    expectRefused(answer);
    await world.untilReady();
    expect(world.supplier.asked()).toBe(asked);
    expect(await world.records.of(answer.body['exchangeId'])).toEqual([]);
  });

  it('says on a page of the console that it could not be read when PostgreSQL restarts in the middle of it, and shows it afterwards', async () => {
    const browser = await startBrowser();
    const blocker = new pg.Client({ connectionString: world.gateway.database.ownerUrl });
    try {
      const url = world.gateway.publicUrl;
      const { page } = await browserOf(browser, url, COUNCIL_OPERATOR, { javaScriptEnabled: true });
      await blocker.connect();
      await blocker.query('BEGIN; LOCK TABLE log_verifications IN ACCESS EXCLUSIVE MODE');
      const loading = page.goto(`${url}/console/integrity`);
      const others = `FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      await until(async () => (await blocker.query(`SELECT 1 ${others} AND wait_event_type = 'Lock'`)).rows.length > 0);
      // As a restart does to every session; and for a while nobody is let in.
      await blocker.query(`SELECT pg_terminate_backend(pid) ${others}`);
      expect((await loading)?.status()).toBe(503);
      expect(await page.locator('h1').textContent()).toBe('The console cannot reach its database');
      expect(await page.locator('main').textContent()).toContain('Try again in a few minutes');
      expect(await accessibilityFaults(page)).toEqual([]);
      line.cut();
      expect((await page.reload())?.status()).toBe(503);
      expect(await page.locator('h1').textContent()).toBe('The console cannot reach its database');
      await blocker.query('ROLLBACK');
      line.mend();
      await world.untilReady();
      expect((await page.reload())?.status()).toBe(200);
      expect(await page.locator('h1').textContent()).toBe('Log integrity');
    } finally {
      await blocker.end();
      await browser.close();
    }
  });

  it('discloses nothing between decision and outcome; the log verifies, and the exchange is listed', async () => {
    world.supplier.hold();
    const asking = world.council('POST', '/v1/queries', needsQuery());
    await until(() => world.supplier.waiting() === 1);
    line.cut();
    world.supplier.release();
    const answer = await asking;
    expectRefused(answer);
    const { exchangeId } = answer.body;
    line.mend();
    await world.untilReady();

    expect((await world.records.of(exchangeId)).map(({ kind }) => kind)).toEqual(['decision']);
    expect(await world.records.verify()).toMatchObject({ findings: [] });
    expect((await world.records.unresolved()).map((one) => one.exchangeId)).toContain(exchangeId);
    const settings = {
      DATABASE_URL: world.gateway.sandbox.databaseUrl,
      GATEHOUSE_KEYS: path.join(world.gateway.varFolder, 'keys'),
    };
    const [unresolved, verified] = await Promise.all([
      startCommand(['log', 'unresolved'], settings).ended,
      startCommand(['log', 'verify'], settings).ended,
    ]);
    expect(unresolved).toMatchObject({ code: 0, stdout: expect.stringContaining(String(exchangeId)) as string });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('The log verifies') as string });
  });
});
