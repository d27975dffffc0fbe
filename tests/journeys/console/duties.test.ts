import type { Page } from 'playwright-core';
import { AlertDetection, AlertsService } from '../../../src/alerts/index.js';
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
import { runAsOwner } from '../../support/database.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { SAFEGUARDING } from '../../support/override-world.js';

const PERSON = '9990000018';
/** What an agency could call itself: a formula and a script. */
const NAME = `=HYPERLINK(1) <script>document.title='taken'</script>`;
const NOWHERE = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';
const SAMPLING = `keys: []
sampling:
  percentage: 100
  outOfHours: { hours: { days: [mon, fri], from: '07:00', until: '20:00' }, percentage: 20 }`;

describe('what officers have to do, in the console', () => {
  let world: ConsoleWorld;
  let officer: Page;
  let withAxe: Page;
  let council: Call;

  beforeAll(async () => {
    world = await startConsoleWorld();
    await world.gateway.define({
      add: SAFEGUARDING,
      edit: (file, text) =>
        file === 'agencies.yaml'
          ? text
              .replace('keys: []', SAMPLING)
              .replace('name: Northmoor Community and Mental Health NHS Trust (fictional)', `name: "${NAME}"`)
          : text,
    });
    council = world.council;
    const trust = await world.officer('northmoor-nhs-trust-records');
    expect((await trust('POST', '/v1/permissions', needsPermission(PERSON))).status).toBe(201);
    for (let asked = 0; asked < 3; asked++) await council('POST', '/v1/queries', needsQuery(PERSON));
    await council('POST', '/v1/queries', needsQuery(PERSON, { purpose: 'adult-safeguarding' }));
    await world.gateway.sandbox.gateway.app.get(AlertDetection).round();
    officer = await world.signedIn(COUNCIL_OFFICER);
    withAxe = await world.signedIn(COUNCIL_OFFICER, { javaScriptEnabled: true });
  });
  afterAll(async () => world.stop());

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
    it('counts what waits, and draws what was disclosed with the same figures as a table', async () => {
      await open(withAxe, '/console');
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'home');
      const text = await main(withAxe);
      expect(text).toContain('4 sampled disclosures wait');
      expect(text).toContain('3 disclosures to or by your agency');
      const chart = withAxe.locator('svg').first();
      expect(await chart.getAttribute('role')).toBe('img');
      expect(await chart.locator('title, desc').count()).toBe(2);
      for (const [place, name] of [
        [0, 'Care Act 2014'],
        [1, `Received from ${NAME}`],
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
      const administrator = await world.signedIn(COUNCIL_ADMINISTRATOR);
      expect(await main(administrator)).not.toContain('disclosed lately');
      const stranger = await world.signedIn(STRANGER);
      expect(await main(stranger)).toContain('Nothing was disclosed to or by your agency since');
    });
  });

  describe('alerts', () => {
    it('are listed with their count, by status and kind, and as CSV that a spreadsheet takes for text', async () => {
      await open(withAxe, '/console/alerts');
      await withAxe.getByLabel('Kind').selectOption('sampled');
      await withAxe.getByLabel('Status').selectOption('new');
      await withAxe.getByRole('button', { name: 'Show' }).click();
      await withAxe.reload();
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
      await open(officer, '/console/alerts?kind=sampled');
      await officer.locator('tbody a').first().focus();
      await officer.keyboard.press('Enter');
      await officer.waitForURL('**/console/alerts/*');
      const address = new URL(officer.url()).pathname;
      const text = await main(officer);
      for (const part of [
        'Drawn by chance',
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
      await open(withAxe, '/console/alerts?kind=sampled&status=new');
      const path = await withAxe.locator('tbody a').first().getAttribute('href');
      await open(withAxe, String(path));
      expect(await faultsOf(withAxe)).toEqual([]);
      await keepPicture(withAxe, 'alert');
      const overseer = await world.signedIn(COUNCIL_OVERSIGHT);
      expect(await open(overseer, String(path))).toBe(200);
      expect(await overseer.getByRole('button', { name: 'Close this alert' }).count()).toBe(0);
      expect(await open(overseer, `${path}/close`)).toBe(403);
      expect(await open(await world.signedIn(COUNCIL_ADMINISTRATOR), String(path))).toBe(403);
      for (const account of [STRANGER, TRUST_OFFICER]) {
        const page = await world.signedIn(account);
        const seen: string[] = [];
        for (const one of [path, `${path}/close`, `/console/alerts/${NOWHERE}`, '/console/alerts/nothing']) {
          expect(await open(page, String(one))).toBe(404);
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
      const reviewer = await world.signedIn(COUNCIL_REVIEWER);
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
      const trustOfficer = await world.signedIn(TRUST_OFFICER);
      await open(trustOfficer, '/console/alerts/sampling-plan');
      expect(await main(trustOfficer)).toContain('Your agency has no sampling plan');
    });

    it('of the operator are for the operator alone', async () => {
      const alerts = world.gateway.sandbox.gateway.app.get(AlertsService);
      await alerts.raise({ kind: 'webhook-not-delivered', agency: null, about: 'x', detail: { recipient: 'gone' } });
      const operator = await world.signedIn(COUNCIL_OPERATOR, { javaScriptEnabled: true });
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
