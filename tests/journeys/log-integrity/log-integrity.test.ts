import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { readOperatorAlerts, type Alert } from '../../../src/alerts/index.js';
import type { Clock } from '../../../src/config/index.js';
import type { Gateway } from '../../../src/main.js';
import type { FullVerification } from '../../../src/log-integrity/index.js';
import { nextAt } from '../../../src/log-integrity/verification-times.js';
import { accessibilityFaults, browserOf, keepPicture, scrollsSideways, startBrowser } from '../../support/browser.js';
import { createAuthority } from '../../support/certificates.js';
import { startCommand, type RunningCommand } from '../../support/command.js';
import { COUNCIL_OPERATOR } from '../../support/console-world.js';
import { runAsOwner } from '../../support/database.js';
import { freePort, needsQuery, type TestGateway } from '../../support/gateway.js';
import { planGateway, type PlannedGateway } from '../../support/partners.js';
import { startTimeStamper, type TimeStamper } from '../../support/time-stamper.js';
import { until } from '../../support/until.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe('a gateway that looks after its own log', () => {
  /** Two hours from now, so that nothing is due before the clock is put on. */
  const hour = new Date(Date.now() + 120 * MINUTE).getUTCHours();
  let ahead = 0;
  const clock: Clock = { now: () => new Date(Date.now() + ahead) };
  let folder: string;
  let council: PlannedGateway;
  let gateway: TestGateway;
  let browser: Browser;
  let witness: RunningCommand;
  let witnessPort: number;
  let stamper: TimeStamper;
  let authority: Server;
  let authorityPort: number;
  let replica: Gateway;
  let timesAsked = 0;

  const startWitness = async (): Promise<string> => {
    witness = startCommand(['witness', path.join(folder, 'witness')], {
      PORT: String(witnessPort),
      WITNESS_NAME: 'audit.test/witness',
      WITNESSED_LOGS: path.join(folder, 'logs'),
    });
    await until(() => witness.stdout().includes('Its key: '), 90_000);
    return /Its key: (\S+)/.exec(witness.stdout())![1]!;
  };
  const stopWitness = async (): Promise<void> => {
    witness.child.kill('SIGKILL');
    await witness.ended;
  };
  const startAuthority = async (): Promise<void> => {
    authority = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      timesAsked += 1;
      response.end(await stamper.answer(Buffer.concat(chunks)));
    }).listen(authorityPort, '127.0.0.1');
    await once(authority, 'listening');
  };
  const stopAuthority = async (): Promise<void> => {
    authority.closeAllConnections();
    authority.close();
    await once(authority, 'close');
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-integrity-'));
    council = await planGateway('council.test');
    [witnessPort, authorityPort] = [await freePort(), await freePort()];
    const root = createAuthority();
    stamper = await startTimeStamper(root.issueForTimeStamping());
    await writeFile(path.join(folder, 'logs'), `${council.logKey}\n`);
    await writeFile(path.join(folder, 'root.pem'), root.certificate);
    await writeFile(
      path.join(folder, 'authorities.yaml'),
      `- name: openssl\n  url: http://127.0.0.1:${authorityPort}/tsr\n  certificates: root.pem\n`,
    );
    const [key] = await Promise.all([startWitness(), startAuthority()]);
    gateway = await council.start(
      { witnesses: `${key} http://127.0.0.1:${witnessPort}\n` },
      {
        TIME_STAMP_AUTHORITIES: path.join(folder, 'authorities.yaml'),
        TIME_STAMP_SECONDS: '30',
        ALERTS_EVERY_SECONDS: '1',
        LOG_VERIFY_HOUR: String(hour),
      },
      clock,
    );
    replica = await gateway.addReplica();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
    await Promise.all([stopWitness(), stopAuthority(), stamper.remove(), council.remove()]);
    await rm(folder, { recursive: true, force: true });
  });

  const owner = <Row extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    runAsOwner<Row>(gateway.database.ownerUrl, sql, values);
  const alerts = async (): Promise<Alert[]> =>
    await readOperatorAlerts((sql, values = []) => owner(sql, [...values]) as never, true);
  const openKinds = async (): Promise<string[]> =>
    (await alerts()).filter(({ status }) => status !== 'closed').map(({ kind }) => kind);
  const verifications = async (): Promise<FullVerification[]> =>
    await owner<FullVerification & Record<string, unknown>>(
      'SELECT entries::int, tree_size::int AS "treeSize", findings FROM log_verifications ORDER BY begun_at',
    );
  const metric = async (name: string): Promise<string | undefined> =>
    new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(
      await (await fetch(`${council.url}/metrics`)).text(),
    )?.[1];
  /** A disclosure that is refused and recorded. */
  const ask = async (): Promise<void> => {
    const call = await gateway.as('northmoor-council-adult-care');
    expect((await call('POST', '/v1/queries', needsQuery())).status).toBe(403);
  };
  /** As an operator sees it. @param isNew a state that has not been looked at for accessibility yet */
  const integrityPage = async (isNew = false): Promise<Page> => {
    const { page } = await browserOf(browser, council.url, COUNCIL_OPERATOR, { javaScriptEnabled: true });
    await page.goto(`${council.url}/console/integrity`);
    if (!isNew) return page;
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await scrollsSideways(page)).toBe(false);
    await page.setViewportSize({ width: 1280, height: 900 });
    return page;
  };

  it('raises no alert while a witness and a time-stamping authority confirm what it records', async () => {
    await ask();
    const size = await metric('gatehouse_log_entries');
    await until(async () => (await owner('SELECT 1 FROM log_time_stamps')).length === 1);
    await until(async () => (await owner('SELECT 1 FROM log_cosignatures WHERE tree_size = $1', [size])).length === 1);
    const text = await (await integrityPage(true)).locator('main').textContent();
    expect(text).toContain('None has ended yet');
    expect(text).toContain('2 witnesses and authorities');
    expect(text).not.toContain('Missing');
    expect(await alerts()).toEqual([]);
  });

  it('raises an alert of each that is missing, discloses meanwhile, and settles it when they are back', async () => {
    await Promise.all([stopWitness(), stopAuthority()]);
    await ask();
    ahead += 2 * MINUTE;
    await until(async () => (await openKinds()).length === 2);
    expect((await openKinds()).toSorted()).toEqual(['time-stamp-missing', 'witness-missing']);
    const found = await alerts();
    expect(found.find(({ kind }) => kind === 'witness-missing')).toMatchObject({
      agency: null,
      detail: {
        witness: expect.stringMatching(/^audit\.test\/witness\+/) as string,
        treeSize: expect.any(Number) as number,
      },
    });
    expect(found.find(({ kind }) => kind === 'time-stamp-missing')).toMatchObject({ about: 'openssl' });
    expect(await metric('gatehouse_alerts{agency="",kind="witness-missing",status="new"}')).toBe('1');
    await ask();
    expect((await (await integrityPage()).locator('main').textContent())?.match(/Missing/g)).toHaveLength(2);

    await Promise.all([startWitness(), startAuthority()]);
    // Past the pause after a failure.
    ahead += 2 * MINUTE;
    await until(async () => (await openKinds()).length === 0);
    expect((await alerts()).map(({ outcome, closedBy }) => [outcome, closedBy])).toEqual(
      Array(2).fill(['no-longer-so', null]),
    );
  });

  it('asks each of them on one replica alone', async () => {
    const [kept] = await owner<{ stamps: number; cosigned: number }>(
      'SELECT (SELECT count(*)::int FROM log_time_stamps) AS stamps, (SELECT count(*)::int FROM log_cosignatures) AS cosigned',
    );
    expect(timesAsked).toBe(kept!.stamps);
    const given = async ({ url }: { url: string }): Promise<number[]> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return ['witness', 'time-stamping-authority'].map((by) =>
        Number(new RegExp(`checkpoint_evidence_total\\{by="${by}",.*result="given"\\} (\\d+)`).exec(text)?.[1] ?? 0),
      );
    };
    const [one, other] = [await given(council), await given(replica)];
    expect(one.map((count, i) => Math.min(count, other[i]!))).toEqual([0, 0]);
    expect(one.map((count, i) => count + other[i]!)).toEqual([kept!.cosigned, kept!.stamps]);
  });

  it('verifies the whole log once a day, on one replica, and says so', async () => {
    expect(await verifications()).toEqual([]);
    ahead += nextAt(clock.now(), hour).getTime() - clock.now().getTime() + MINUTE;
    await until(async () => (await verifications()).length === 1);
    const size = Number(await metric('gatehouse_log_entries'));
    expect(await verifications()).toEqual([{ entries: size, treeSize: size, findings: [] }]);
    expect(Number(await metric('gatehouse_log_verified_timestamp_seconds')) * 1000).toBeGreaterThan(
      clock.now().getTime() - MINUTE,
    );
    expect(await metric('gatehouse_log_verified_entries')).toBe(String(size));
    expect(await metric('gatehouse_log_verification_findings')).toBe('0');
    // The other replica has had its turns by now, and the day is not over.
    ahead += 5 * MINUTE;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await verifications()).toHaveLength(1);
    expect(gateway.logged.filter((line) => line.includes('log-verified'))).toHaveLength(1);
    const page = await integrityPage();
    expect(await page.locator('main').textContent()).toContain('Every entry and every checkpoint fit together');
    await keepPicture(page, 'integrity');
  });

  it('raises an alert when a verification finds something, naming kinds and entries, and settles it when it finds no more', async () => {
    const flip = () =>
      owner('UPDATE log_bodies SET salt = set_byte(salt, 0, get_byte(salt, 0) # 1) WHERE log_index = 0');
    await flip();
    ahead += DAY;
    await until(async () => (await verifications()).length === 2);
    const found = [{ kind: 'body-changed', entries: [0, 0] }];
    expect((await verifications())[1]!.findings).toEqual(found);
    const open = (await alerts()).filter(({ status }) => status !== 'closed');
    expect(open).toEqual([
      expect.objectContaining({
        kind: 'verification-failed',
        agency: null,
        detail: { treeSize: expect.any(Number) as number, findings: 1, found },
      }),
    ]);
    expect(await metric('gatehouse_log_verification_findings')).toBe('1');
    expect(gateway.logged.some((line) => line.includes('verification-failed'))).toBe(true);
    const page = await integrityPage(true);
    expect(await page.locator('main').textContent()).toMatch(/1 finding.*Entry 0\s*What an entry says was changed/s);
    await keepPicture(page, 'integrity-with-a-finding');

    await flip();
    ahead += DAY;
    await until(async () => (await verifications()).length === 3);
    expect((await verifications())[2]!.findings).toEqual([]);
    expect(await openKinds()).toEqual([]);
    const csv = await page
      .context()
      .request.get(`${council.url}/console/integrity/verifications.csv`, { maxRedirects: 0 });
    expect(csv.status()).toBe(303);
  });

  it('raises an alert when a verification is a day late, and tries again until one comes to its end', async () => {
    const role = new URL(gateway.sandbox.databaseUrl).username;
    await owner(`REVOKE SELECT ON decision_facts FROM ${role}`);
    ahead += 2 * DAY;
    await until(async () => (await openKinds()).includes('verification-overdue'));
    await until(() => gateway.logged.some((line) => line.includes('verification-broken-off')));
    const page = await integrityPage(true);
    expect(await page.locator('main').textContent()).toContain('A verification is more than a day late');
    await owner(`GRANT SELECT ON decision_facts TO ${role}`);
    ahead += 15 * MINUTE;
    await until(async () => (await verifications()).length === 4);
    await until(async () => (await openKinds()).length === 0);
    const { page: later } = await browserOf(browser, council.url, COUNCIL_OPERATOR);
    const csv = await later.context().request.get(`${council.url}/console/integrity/verifications.csv`);
    const lines = (await csv.text()).trim().split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[3]).toContain('"1","What an entry says was changed: Entry 0"');
  });

  it('verifies once a day, also when a verification ends while it is being looked at what else is wrong', async () => {
    const before = (await verifications()).length;
    const locked = async (table: string): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString: gateway.database.ownerUrl });
      await client.connect();
      await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      return client;
    };
    const waits = (application: string): Promise<void> =>
      until(async () => {
        const waiting = await owner(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'`,
          [application],
        );
        return waiting.length > 0;
      });
    const nodes = await locked('log_nodes');
    ahead += DAY;
    await waits('gatehouse-verification');
    const timeStamps = await locked('log_time_stamps');
    await waits('gatehouse');
    await nodes.end();
    await until(async () => (await verifications()).length > before);
    await timeStamps.end();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await verifications()).toHaveLength(before + 1);
  });
});
