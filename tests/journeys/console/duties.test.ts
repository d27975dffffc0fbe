import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { verifyPermissionReceipt, type LogKeys } from '../../../sdk/index.js';
import { startOfUkDay } from '../../../src/console/uk-days.js';
import { COUNTED_WEEKS, DisclosuresOverTime } from '../../../src/disclosures/disclosures.module.js';
import { AlertDetection, AlertsService } from '../../../src/alerts/alerts.module.js';
import { accessibilityFaults, keepPicture, scrollsSideways } from '../../support/browser.js';
import {
  COUNCIL_ADMINISTRATOR,
  COUNCIL_OFFICER,
  COUNCIL_OPERATOR,
  COUNCIL_OVERSIGHT,
  COUNCIL_REVIEWER,
  startConsoleWorld,
  STRANGER,
  TRUST_OFFICER,
  type ConsoleWorld,
} from '../../support/console-world.js';
import { RegisterService } from '../../../src/definitions/definitions.module.js';
import { until } from '../../support/until.js';
import { runAsOwner } from '../../support/database.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { SAFEGUARDING } from '../../support/override-world.js';

const [PERSON, OTHER] = ['9990000018', '9990000034'];
const TRUST_NAME = 'Northmoor Community and Mental Health NHS Trust (fictional)';
/** What an agency could call itself: a formula and a script. */
const NAME = `=HYPERLINK(1) <script>document.title='taken'</script>`;
const NOWHERE = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';
const textOf = async (download: Download): Promise<string> => await readFile(await download.path(), 'utf8');
const SAMPLING = `keys: []
sampling:
  percentage: 100
  outOfHours: { hours: { days: [mon, fri], from: '07:00', until: '20:00' }, percentage: 20 }`;

describe('what officers have to do, in the console', () => {
  let world: ConsoleWorld;
  let officer: Page;
  let withAxe: Page;
  let council: Call;
  /** Ids of exchanges in the order in which they were decided. */
  const disclosed: string[] = [];

  beforeAll(async () => {
    world = await startConsoleWorld();
    await world.gateway.define({
      add: SAFEGUARDING,
      edit: (file, text) => (file === 'agencies.yaml' ? text.replace('keys: []', SAMPLING) : text),
    });
    council = world.council;
    const trust = await world.officer('northmoor-nhs-trust-records');
    expect((await trust('POST', '/v1/permissions', needsPermission(PERSON))).status).toBe(201);
    for (let asked = 0; asked < 3; asked++) {
      const { body } = await council('POST', '/v1/queries', needsQuery(PERSON));
      disclosed.push(String(body['exchangeId']));
    }
    await council('POST', '/v1/queries', needsQuery(PERSON, { purpose: 'adult-safeguarding' }));
    await world.gateway.sandbox.gateway.app.get(AlertDetection).round();
    officer = await world.signedIn(COUNCIL_OFFICER);
    withAxe = await world.signedIn(COUNCIL_OFFICER, { javaScriptEnabled: true });
  });
  afterAll(async () => world.stop());

  const pages = new Map<string, Promise<Page>>();
  /** Somebody's page, signed in once. */
  const as = async (account: string): Promise<Page> => {
    const page = pages.get(account) ?? world.signedIn(account, { javaScriptEnabled: true });
    pages.set(account, page);
    return await page;
  };
  const main = async (page: Page): Promise<string> =>
    ((await page.locator('main').textContent()) ?? '').replaceAll(/\s+/g, ' ');
  const open = async (page: Page, path: string): Promise<number | undefined> =>
    (await page.goto(world.url + path))?.status();
  const cookieOf = async (page: Page): Promise<string> => {
    const all = await page.context().cookies();
    return all.map(({ name, value }) => `${name}=${value}`).join('; ');
  };
  const get = async (page: Page, path: string): Promise<Response> =>
    fetch(world.url + path, { headers: { cookie: await cookieOf(page) }, redirect: 'manual' });
  /** Address of the alert by which an exchange is sampled. */
  const sampled = async (exchangeId: string | undefined): Promise<string> => {
    const [row] = await runAsOwner<{ id: string }>(
      world.gateway.database.ownerUrl,
      `SELECT id FROM alerts WHERE kind = 'sampled' AND about = $1`,
      [exchangeId],
    );
    return `/console/alerts/${row!.id}`;
  };
  const kindsOfLog = async (): Promise<string[]> =>
    (await runAsOwner<{ kind: string }>(world.gateway.database.ownerUrl, 'SELECT DISTINCT kind FROM log_entries')).map(
      ({ kind }) => kind,
    );
  /** axe-core, 320 pixels and 200%, of the page as it is. */
  const faultsOf = async (page: Page): Promise<string[]> => {
    const faults = await accessibilityFaults(page);
    for (const width of [320, 640]) {
      await page.setViewportSize({ width, height: 800 });
      if (await scrollsSideways(page)) faults.push(`scrolls sideways at ${width} pixels`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await page.title()).not.toBe('taken');
    expect(await page.locator('main script').count()).toBe(0);
    return faults;
  };

  describe('the home page', () => {
    const overTime = () => world.gateway.sandbox.gateway.app.get(DisclosuresOverTime).byWeek('northmoor-council');
    const change = (sql: string, values: unknown[] = []) => runAsOwner(world.gateway.database.ownerUrl, sql, values);

    it('counts in weeks of UK time, each disclosure once for an agency and once for each legal basis', async () => {
      const { weeks, total } = (await overTime())!;
      expect(total).toEqual([...Array.from({ length: COUNTED_WEEKS - 1 }, () => 0), 3]);
      expect(weeks.map((week) => new Date(week).getUTCDay())).toEqual(weeks.map(() => 1));
      // The tables are derived from the log: moving a row in them changes nothing of what happened.
      const [first, second] = await change(`SELECT exchange_id AS id FROM disclosures WHERE result = 'disclosed'`);
      const move = (row: unknown, at: string) =>
        change('UPDATE disclosures SET decided_at = $2 WHERE exchange_id = $1', [(row as { id: string }).id, at]);
      // The last second of the week before, and the first second of a week, in UK time; both may be summer time.
      const londonMidnight = (day: string): Date => startOfUkDay(day)!;
      await move(first, new Date(londonMidnight(weeks[4]!).getTime() - 1).toISOString());
      await move(second, londonMidnight(weeks[4]!).toISOString());
      const moved = (await overTime())!;
      expect([moved.total[3], moved.total[4], moved.total.at(-1)]).toEqual([1, 1, 1]);
      await move(first, new Date(londonMidnight(weeks[0]!).getTime() - 1).toISOString());
      expect((await overTime())!.total.reduce((all, count) => all + count)).toBe(2);
      await move(first, londonMidnight(weeks[8]!).toISOString());
      expect((await overTime())!.byAgency).toEqual([
        expect.objectContaining({ value: 'northmoor-nhs-trust', direction: 'received' }),
      ]);
      const bases = Array.from({ length: 12 }, (_, place) => `basis-${String(place).padStart(2, '0')}`);
      const before = await change('SELECT exchange_id, legal_bases FROM disclosures');
      await change(`UPDATE disclosures SET legal_bases = $1 WHERE result = 'disclosed'`, [bases]);
      const { byLegalBasis } = (await overTime())!;
      expect(byLegalBasis.map(({ value }) => value)).toEqual([...bases.slice(0, 10), null]);
      expect(byLegalBasis.at(-1)!.counts.reduce((all, count) => all + count)).toBe(3);
      for (const { exchange_id: id, legal_bases: was } of before as { exchange_id: string; legal_bases: string[] }[])
        await change('UPDATE disclosures SET legal_bases = $2 WHERE exchange_id = $1', [id, was]);
    });

    it('counts what waits, and draws what was disclosed with the same figures as a table', async () => {
      await open(withAxe, '/console');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'home-figures');
      const text = await main(withAxe);
      expect(text).toContain('4 sampled disclosures wait');
      expect(text).toContain('3 disclosures to or by your agency');
      const chart = withAxe.locator('svg').first();
      expect(await chart.getAttribute('role')).toBe('img');
      expect(await chart.locator('title, desc').count()).toBe(2);
      for (const [place, name] of [
        [0, 'Care Act 2014'],
        [1, `Received from ${TRUST_NAME}`],
      ] as const) {
        const drawn = await withAxe.locator('svg').nth(place).locator('.console-chart__count').allTextContents();
        const rows = withAxe.locator('details').nth(place).locator('tbody tr');
        const cells = await rows.locator('td:not(:last-child)').allTextContents();
        expect(drawn).toEqual(cells.filter((cell) => cell !== '0'));
        expect(drawn.length).toBeGreaterThan(0);
        expect((await rows.locator('th').allTextContents()).join()).toContain(name);
      }
    });

    it('draws nothing for who does not read disclosures, and nothing of another agency', async () => {
      const administrator = await as(COUNCIL_ADMINISTRATOR);
      await open(administrator, '/console');
      expect(await main(administrator)).not.toContain('disclosed lately');
      const stranger = await as(STRANGER);
      await open(stranger, '/console');
      expect(await main(stranger)).toContain('Nothing was disclosed to or by your agency since');
    });
  });

  describe('alerts', () => {
    it('are listed with their count, by status and kind, and as CSV that a spreadsheet takes for text', async () => {
      await open(withAxe, '/console/alerts');
      await withAxe.getByLabel('Kind').selectOption('sampled');
      await withAxe.getByLabel('Status').selectOption('new');
      await withAxe.getByRole('button', { name: 'Show' }).click();
      await withAxe.waitForURL('**/console/alerts?*kind=sampled*');
      expect(await main(withAxe)).toContain('4 alerts');
      expect(await withAxe.getByLabel('Kind').inputValue()).toBe('sampled');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'alerts');
      const csv = await (await get(officer, '/console/alerts.csv?status=new&kind=sampled')).text();
      expect(csv.trim().split('\r\n')).toHaveLength(5);
      expect(csv).not.toMatch(/(^|,)"?[=+@-]/m);
      expect(await open(officer, '/console/alerts?status=closed&kind=budget-reached')).toBe(200);
      expect(await main(officer)).toContain('No alert fits these filters.');
      expect(await open(officer, '/console/alerts?kind=witness-missing')).toBe(400);
    });

    it('are judged on one page, looked into, and closed after a check, by keyboard alone', async () => {
      const address = await sampled(disclosed[0]);
      await open(officer, '/console/alerts?kind=sampled');
      await officer.locator(`a[href="${address}"]`).focus();
      await officer.keyboard.press('Enter');
      await officer.waitForURL(`**${address}`);
      const text = await main(officer);
      for (const part of [
        'Asked by member of staff sw-4711; drawn by chance',
        'social worker, staff id sw-4711',
        'Care Act 2014',
        'The same person, lately',
        '4 look-ups in the last 28 days, 1 of them refused',
        'The same member of staff, lately (sw-4711)',
      ])
        expect(text).toContain(part);
      expect(text).not.toContain(PERSON);
      await officer.getByRole('button', { name: 'Look into it' }).focus();
      await officer.keyboard.press('Enter');
      await officer.waitForURL('**done=investigate');
      expect(await main(officer)).toContain('Looked into by northmoor-council-ig-1');
      await officer.getByRole('button', { name: 'Close this alert' }).focus();
      await officer.keyboard.press('Enter');
      await officer.waitForURL('**/close');
      const written = `Mrs Example, NHS ${PERSON}`;
      await officer.getByLabel('Reference in your agency').fill(written);
      await officer.getByRole('button', { name: 'Continue' }).press('Enter');
      await officer.waitForURL('**/check');
      expect(await officer.getByRole('alert').textContent()).toContain('Choose what you found');
      expect(await officer.getByRole('alert').textContent()).toContain('Give a reference such as');
      expect(await officer.content()).not.toContain(written);
      await keepPicture(officer, 'alert-fault');
      await officer.getByLabel('A mistake').press('Space');
      await officer.getByLabel('Reference in your agency').fill('IG-2026-0042');
      await officer.getByRole('button', { name: 'Continue' }).press('Enter');
      expect(await main(officer)).toContain('A closed alert stays closed');
      await keepPicture(officer, 'alert-check');
      await officer.getByRole('button', { name: 'Change' }).press('Enter');
      expect(await officer.getByLabel('Reference in your agency').inputValue()).toBe('IG-2026-0042');
      expect(await officer.getByLabel('A mistake').isChecked()).toBe(true);
      await officer.getByRole('button', { name: 'Continue' }).press('Enter');
      await officer.getByRole('button', { name: 'Close the alert' }).press('Enter');
      await officer.waitForURL('**done=close');
      expect(await main(officer)).toContain('A mistake. An honest one');
      expect(await main(officer)).toContain('IG-2026-0042');
      expect(await officer.getByRole('button', { name: 'Close this alert' }).count()).toBe(0);
      await open(withAxe, address);
      expect(await faultsOf(withAxe)).toEqual([]);
      expect(await kindsOfLog()).toEqual(expect.arrayContaining(['alert-read', 'alert-investigated', 'alert-closed']));
      const logged = await runAsOwner(
        world.gateway.database.ownerUrl,
        `SELECT 1 FROM log_bodies WHERE claims LIKE '%IG-2026%' OR detail LIKE '%IG-2026%'`,
      );
      expect(logged).toEqual([]);
      expect(world.gateway.logged.join()).not.toContain('Mrs Example');
    });

    it('are read and not dealt with by oversight, and not there for anybody else', async () => {
      const path = await sampled(disclosed[1]);
      await open(withAxe, path);
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'alert');
      const overseer = await as(COUNCIL_OVERSIGHT);
      expect(await open(overseer, path)).toBe(200);
      expect(await overseer.getByRole('button', { name: 'Close this alert' }).count()).toBe(0);
      expect(await open(overseer, `${path}/close`)).toBe(403);
      expect(await open(await as(COUNCIL_ADMINISTRATOR), path)).toBe(403);
      for (const account of [STRANGER, TRUST_OFFICER]) {
        const page = await as(account);
        const seen: string[] = [];
        for (const one of [path, `${path}/close`, `/console/alerts/${NOWHERE}`, '/console/alerts/nothing']) {
          expect(await open(page, one)).toBe(404);
          seen.push(await main(page));
        }
        expect(new Set(seen).size).toBe(1);
      }
    });

    it('about an officer are for a colleague', async () => {
      const id = await raised({ kind: 'lookups-above-usual', staffId: COUNCIL_OFFICER });
      await open(officer, `/console/alerts/${id}`);
      expect(await main(officer)).toContain('This alert is about you, so a colleague deals with it.');
      expect(await officer.getByRole('button', { name: 'Look into it' }).count()).toBe(0);
      const reviewer = await as(COUNCIL_REVIEWER);
      await open(reviewer, `/console/alerts/${id}`);
      expect(await reviewer.getByRole('button', { name: 'Look into it' }).count()).toBe(1);
      expect(await main(reviewer)).toContain(`Member of staff ${COUNCIL_OFFICER} had 214 look-ups`);
    });

    it('come of a sampling plan that can be read', async () => {
      await open(withAxe, '/console/alerts/sampling-plan');
      const text = await main(withAxe);
      expect(text).toContain('100%');
      expect(text).toContain('20% of the exchanges at other times than');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'sampling-plan');
      const trustOfficer = await as(TRUST_OFFICER);
      await open(trustOfficer, '/console/alerts/sampling-plan');
      expect(await main(trustOfficer)).toContain('Your agency has no sampling plan');
    });

    it('of the operator are for the operator alone', async () => {
      const alerts = world.gateway.sandbox.gateway.app.get(AlertsService);
      await alerts.raise({ kind: 'webhook-not-delivered', agency: null, about: 'x', detail: { recipient: 'gone' } });
      const operator = await as(COUNCIL_OPERATOR);
      await open(operator, '/console');
      await operator.getByRole('link', { name: 'operator alert is open' }).click();
      expect(await main(operator)).toContain('Alerts could not be delivered');
      expect(await faultsOf(operator)).toEqual([]);
      await keepPicture(operator, 'operator-alerts');
      expect(await (await get(operator, '/console/operator-alerts.csv')).text()).toContain('"gone."');
      expect(await open(operator, '/console/alerts')).toBe(403);
      expect(await open(officer, '/console/operator-alerts')).toBe(403);
    });
  });

  describe('permissions', () => {
    const lookUp = async (page: Page, value: string): Promise<void> => {
      await open(page, '/console/permissions');
      await page.getByLabel('Identifier', { exact: true }).fill(value);
      await page.getByRole('button', { name: 'Look up' }).click();
    };
    let id: string;

    beforeAll(async () => {
      const items = ['northmoor-nhs-trust/assessed-needs#risk-summary'];
      const change = {
        items,
        language: 'cy',
        method: 'telephone',
        askedBy: { staffId: 'sw-12', role: 'social-worker' },
      };
      const given = await council('POST', '/v1/permissions', needsPermission(OTHER, change));
      const refusal = { answer: 'refused', purpose: 'adult-safeguarding', validUntil: undefined };
      const refused = await council('POST', '/v1/permissions', needsPermission(OTHER, refusal));
      expect([given.status, refused.status]).toEqual([201, 201]);
      id = String(given.body['id']);
    });

    it('of a person are looked up by what is posted, and the look is recorded before it is answered', async () => {
      await open(withAxe, '/console/permissions');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'permissions-look-up');
      await lookUp(withAxe, '9990000035');
      expect(await withAxe.getByRole('alert').textContent()).toContain('Its check digit does not fit');
      expect(await faultsOf(withAxe)).toEqual([]);
      await lookUp(withAxe, OTHER);
      const text = await main(withAxe);
      for (const part of [
        '2 permissions',
        'Permitted',
        'Refused',
        'shared-assessment-v3, Welsh',
        'Telephone',
        'social worker, staff id sw-12',
      ])
        expect(text).toContain(part);
      expect(new URL(withAxe.url()).pathname + new URL(withAxe.url()).search).toBe('/console/permissions');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'permissions');
      const [download] = await Promise.all([
        withAxe.waitForEvent('download'),
        withAxe.getByRole('button', { name: 'Download this list as CSV' }).click(),
      ]);
      expect((await textOf(download)).trim().split('\r\n')).toHaveLength(3);
      const looks = await runAsOwner<{ claims: string; detail: string }>(
        world.gateway.database.ownerUrl,
        `SELECT claims, detail FROM log_entries JOIN log_bodies USING (log_index) WHERE kind = 'permissions-searched'`,
      );
      expect(looks).toHaveLength(2);
      expect(JSON.parse(looks[0]!.claims)).toMatchObject({
        searchedBy: { agency: 'northmoor-council', officer: COUNCIL_OFFICER },
        found: 2,
      });
      expect((JSON.parse(looks[0]!.detail) as { subjectHandles: string[] }).subjectHandles).toHaveLength(1);
      expect(world.gateway.logged.join()).not.toContain(OTHER);
    });

    it('that another agency recorded are not among them', async () => {
      await lookUp(officer, PERSON);
      expect(await main(officer)).toContain('Your agency has recorded nothing of a person with this identifier');
    });

    it('are withdrawn after a check, by an officer, which the log says; the receipt says it too', async () => {
      await lookUp(officer, OTHER);
      await officer.locator(`a[href="/console/permissions/${id}"]`).press('Enter');
      await officer.waitForURL(`**/${id}`);
      await officer.getByRole('button', { name: 'Withdraw this permission' }).press('Enter');
      await officer.waitForURL('**/withdraw');
      await keepPicture(officer, 'permission-check');
      await officer.getByRole('button', { name: 'Withdraw the permission' }).press('Enter');
      await officer.waitForURL('**done=withdraw');
      expect(await main(officer)).toContain('No exchange relies on it any more');
      await open(withAxe, `/console/permissions/${id}`);
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'permission');
      const [download] = await Promise.all([
        withAxe.waitForEvent('download'),
        withAxe.getByRole('button', { name: 'Download the receipt' }).click(),
      ]);
      const receipt = JSON.parse(await textOf(download)) as { receipt: string };
      const keys = (await (await fetch(`${world.url}/v1/log/keys`)).json()) as LogKeys;
      expect(await verifyPermissionReceipt(receipt.receipt, keys)).toMatchObject({
        valid: true,
        record: { header: { record_id: id }, event: [{ event_state: 'given' }, { event_state: 'withdrawn' }] },
      });
      const [withdrawn] = await runAsOwner<{ claims: string }>(
        world.gateway.database.ownerUrl,
        `SELECT claims FROM log_entries JOIN log_bodies USING (log_index) WHERE kind = 'permission-withdrawn'`,
      );
      expect(JSON.parse(withdrawn!.claims)).toMatchObject({
        permission: id,
        recordedBy: { agency: 'northmoor-council', officer: COUNCIL_OFFICER },
      });
      expect(await open(officer, `/console/permissions/${id}/withdraw`)).toBe(200);
      expect(new URL(officer.url()).pathname).toBe(`/console/permissions/${id}`);
    });

    it('are for who answers to persons, and of no other agency', async () => {
      expect(await open(await as(COUNCIL_OVERSIGHT), '/console/permissions')).toBe(403);
      for (const account of [STRANGER, TRUST_OFFICER]) {
        const page = await as(account);
        const seen: string[] = [];
        for (const one of [id, `${id}/withdraw`, `${id}/receipt.json`, NOWHERE, 'nothing']) {
          expect(await open(page, `/console/permissions/${one}`)).toBe(404);
          seen.push(await main(page));
        }
        expect(new Set(seen).size).toBe(1);
      }
    });
  });

  describe('exports', () => {
    const DAY = new Date().toISOString().slice(0, 10);
    const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const PERIOD = `from=${YESTERDAY}&to=${TOMORROW}`;
    const download = async (page: Page): Promise<string> => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: /^Download/ }).click(),
      ]);
      return await textOf(file);
    };

    it('say what is missing, then how much there is, and give it', async () => {
      await open(withAxe, '/console/exports');
      await withAxe.getByLabel('Table of exchanges').check();
      await withAxe.getByRole('button', { name: 'Continue' }).click();
      expect(await withAxe.getByRole('alert').textContent()).toContain('Enter the first day of the period');
      expect(await faultsOf(withAxe)).toEqual([]);
      await withAxe.getByLabel('First day').fill(YESTERDAY);
      await withAxe.getByLabel('Last day').fill(TOMORROW);
      await withAxe.getByRole('button', { name: 'Continue' }).click();
      expect(await main(withAxe)).toContain('4 exchanges');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'export-ready');
      const lines = (await download(withAxe)).trim().split('\r\n');
      expect(lines).toHaveLength(5);
      expect(lines[0]).toMatch(/^"Line","Log index"/);
    });

    it('go on where a download broke off, tied to the same size of the log', async () => {
      await open(officer, `/console/exports/ready?form=exchanges&${PERIOD}`);
      const whole = await download(officer);
      const lines = whole.split('\r\n');
      const [, logIndex = ''] = lines[2]!.split('","');
      const treeSize = await officer.getByLabel('Size of the log').inputValue();
      await council('POST', '/v1/queries', needsQuery(PERSON));
      await officer.getByText('A download broke off').click();
      await officer.getByLabel('Log index of the last whole line').fill('x');
      await officer.getByRole('button', { name: 'Go on' }).click();
      expect(await officer.getByRole('alert').textContent()).toContain('as a number');
      await officer.getByLabel('Size of the log').fill('99999999');
      await officer.getByLabel('Log index of the last whole line').fill(logIndex);
      await officer.getByRole('button', { name: 'Go on' }).click();
      expect(await officer.getByRole('alert').textContent()).toContain('the log never had this one');
      await officer.getByLabel('Size of the log').fill(treeSize);
      await officer.getByLabel('Log index of the last whole line').fill(logIndex);
      await officer.getByRole('button', { name: 'Go on' }).click();
      expect(await main(officer)).toContain('2 exchanges; 2 are left');
      await keepPicture(officer, 'export-goes-on');
      const rest = await download(officer);
      expect(`${lines.slice(0, 3).join('\r\n')}\r\n${rest}`).toBe(whole);
    });

    it.each([
      ['evidence', PERIOD, '"export":"gatehouse-evidence/1"'],
      ['audit-events', PERIOD, '"resourceType":"AuditEvent"'],
      ['audit-event-bundle', PERIOD, '"resourceType":"Bundle"'],
      ['statistics', `month=${DAY.slice(0, 7)}`, '"Counted by"'],
      ['published-statistics', `month=${DAY.slice(0, 7)}`, '"<5"'],
      ['routine-sharing', PERIOD, '"Category of recipient"'],
      ['routine-sharing-page', PERIOD, '<!doctype html>'],
    ])('give %s, which the log says', async (form, period, part) => {
      await open(officer, `/console/exports/ready?form=${form}&${period}`);
      expect(await download(officer)).toContain(part);
      const logged = await runAsOwner(
        world.gateway.database.ownerUrl,
        `SELECT 1 FROM log_entries JOIN log_bodies USING (log_index)
         WHERE kind = 'disclosures-exported' AND claims::jsonb ->> 'form' = $1`,
        [form.replace('-page', '')],
      );
      expect(logged.length).toBeGreaterThan(0);
    });

    it('stand in a list of what the agency took out, with its CSV', async () => {
      await open(withAxe, '/console/exports');
      expect(await main(withAxe)).toContain('10 exports');
      expect(await main(withAxe)).toContain('gone on with after log index');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'exports');
      const csv = await (await get(officer, '/console/exports.csv')).text();
      expect(csv.trim().split('\r\n')).toHaveLength(11);
      const trustOfficer = await as(TRUST_OFFICER);
      await open(trustOfficer, '/console/exports');
      expect(await main(trustOfficer)).toContain('0 exports');
    });

    it('are of the own agency alone, and not for administrators or by a forged form', async () => {
      const stranger = await as(STRANGER);
      await open(stranger, `/console/exports/ready?form=evidence&${PERIOD}`);
      expect(await main(stranger)).toContain('Your agency had a part in nothing in this period');
      expect((await download(stranger)).trim().split('\n')).toHaveLength(1);
      expect(await open(await as(COUNCIL_ADMINISTRATOR), '/console/exports')).toBe(403);
      const forged = await fetch(`${world.url}/console/exports/file`, {
        method: 'POST',
        headers: { cookie: await cookieOf(officer), 'content-type': 'application/x-www-form-urlencoded' },
        body: `form=exchanges&${PERIOD}`,
      });
      expect(forged.status).toBe(403);
    });
  });

  it('show what an agency wrote as the text that it is, in pages and in files', async () => {
    await world.gateway.define({
      add: SAFEGUARDING,
      edit: (file, text) => (file === 'agencies.yaml' ? text.replace(TRUST_NAME, `"${NAME}"`) : text),
    });
    const { app } = world.gateway.sandbox.gateway;
    await until(() => app.get(RegisterService).current().agency('northmoor-nhs-trust')?.name === NAME);
    const detail = { recipient: 'northmoor-nhs-trust' };
    await app.get(AlertsService).raise({ kind: 'webhook-not-delivered', agency: null, about: 'y', detail });
    const alert = await sampled(disclosed[2]);
    for (const [page, path] of [
      [withAxe, '/console'],
      [withAxe, alert],
      [await as(COUNCIL_OPERATOR), '/console/operator-alerts'],
    ] as const) {
      expect(await open(page, path)).toBe(200);
      expect(await main(page)).toContain(NAME);
      expect(await faultsOf(page)).toEqual([]);
    }
    const csv = await (await get(await as(COUNCIL_OPERATOR), '/console/operator-alerts.csv')).text();
    expect(csv).toContain(`"'${NAME}."`);
  });

  /** Raises an alert of the council about a member of its staff. */
  async function raised({ kind, staffId }: { kind: 'lookups-above-usual'; staffId: string }): Promise<string> {
    const detail = { staffId, day: '2026-11-22', count: 214, usual: 23, limit: 50 };
    const about = `2026-11-22 ${staffId}`;
    const alerts = world.gateway.sandbox.gateway.app.get(AlertsService);
    expect(await alerts.raise({ kind, agency: 'northmoor-council', about, detail })).toBe(true);
    const [row] = await runAsOwner<{ id: string }>(
      world.gateway.database.ownerUrl,
      'SELECT id FROM alerts WHERE about = $1',
      [about],
    );
    return row!.id;
  }
});
