import type { Page } from 'playwright-core';
import type { Clock } from '../../../src/config/index.js';
import { runAsOwner } from '../../support/database.js';
import { accessibilityFaults, keepPicture, signIn } from '../../support/browser.js';
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
import { until } from '../../support/until.js';

const MINUTE = 60_000;
const SCRIPT = '<script>document.title="taken"</script>';
const AGREEMENT = '/console/agreements/adult-safeguarding';

describe('officers in the console', () => {
  let ahead = 0;
  const clock: Clock = { now: () => new Date(Date.now() + ahead) };
  let world: ConsoleWorld;
  let officer: Page;

  beforeAll(async () => {
    world = await startConsoleWorld(clock);
    expect((await world.askByOverride()).status).toBe(200);
    officer = await world.signedIn(COUNCIL_OFFICER);
  });
  afterAll(async () => world.stop());

  const heading = (page: Page): Promise<string | null> => page.locator('h1').textContent();
  const open = async (page: Page, path: string): Promise<number | undefined> =>
    (await page.goto(world.url + path))?.status();
  const cookieOf = async (page: Page): Promise<string> =>
    (await page.context().cookies()).find(({ name }) => name === 'gatehouse-session')!.value;
  const get = (path: string, cookie = ''): Promise<Response> =>
    fetch(world.url + path, { headers: { cookie }, redirect: 'manual' });

  it('are told what needs attention, each by their role', async () => {
    await keepPicture(officer, 'home');
    expect(await officer.locator('main').textContent()).toContain('review of an override is open');
    const administrator = await world.signedIn(COUNCIL_ADMINISTRATOR);
    expect(await administrator.locator('main').textContent()).not.toContain('override');
    const operator = await world.signedIn(COUNCIL_OPERATOR);
    expect(await operator.locator('main').textContent()).toContain('Ready for exchanges');
    await keepPicture(operator, 'home-of-an-operator');
    for (const path of ['/console/agreements', '/console/reviews', '/console/catalogue', AGREEMENT + '/1'])
      expect(await open(operator, path)).toBe(403);
    await keepPicture(operator, 'refused');
  });

  it('propose and sign a version: two officers of an agency, after they said that they read it', async () => {
    const call = await world.officer(COUNCIL_OFFICER);
    const { body } = await call('GET', '/v1/agreements/adult-safeguarding/versions/1');
    const draft = { ...(body['document'] as object), version: 2, title: `Enquiries ${SCRIPT}` };
    expect((await call('POST', '/v1/agreements', draft)).status).toBe(200);

    await open(officer, `${AGREEMENT}/2`);
    await officer.getByRole('link', { name: 'Propose this agreement to the other parties' }).click();
    await keepPicture(officer, 'agreement-check');
    await officer.getByRole('button', { name: 'Propose the agreement' }).click();
    expect(await officer.getByRole('alert').textContent()).toContain('The agreement is proposed');

    await officer.getByRole('link', { name: 'Sign this agreement for your agency' }).click();
    await officer.getByRole('button', { name: 'Sign the agreement' }).click();
    expect(await officer.getByRole('alert').textContent()).toContain('Say that you have read this version');
    await keepPicture(officer, 'agreement-fault');
    await officer.getByRole('checkbox').check();
    await officer.getByRole('button', { name: 'Sign the agreement' }).click();
    expect(await officer.getByRole('alert').textContent()).toContain('A second officer of your agency must confirm it');
    expect(await officer.getByRole('link', { name: 'Sign this agreement' }).count()).toBe(0);

    const reviewer = await world.signedIn(COUNCIL_REVIEWER);
    await reviewer.getByRole('link', { name: /Enquiries.*version 2/ }).click();
    await reviewer.getByRole('link', { name: 'Sign this agreement for your agency' }).click();
    await reviewer.getByRole('checkbox').check();
    await reviewer.getByRole('button', { name: 'Sign the agreement' }).click();
    expect(await reviewer.getByRole('alert').textContent()).toContain('Your agency has signed');
    await keepPicture(reviewer, 'agreement');
  });

  it('see what versions differ in, and script that an agency wrote as the text that it is', async () => {
    const page = await world.signedIn(COUNCIL_OFFICER, { javaScriptEnabled: true });
    for (const path of [
      '/console',
      '/console/agreements',
      `${AGREEMENT}/2`,
      `${AGREEMENT}/2/document`,
      `${AGREEMENT}/compare`,
    ]) {
      expect(await open(page, path)).toBe(200);
      expect(await page.locator('main').textContent()).toContain(
        path === '/console' ? 'What needs' : SCRIPT.slice(0, 8),
      );
      expect(await page.title()).not.toBe('taken');
      expect(await page.locator('main script').count()).toBe(0);
    }
    expect(await page.locator('main').textContent()).toContain('1 difference');
    await keepPicture(page, 'agreement-versions');
  });

  it('suspend and resume one, with a reason, checked before it is done', async () => {
    await open(officer, `${AGREEMENT}/1`);
    await officer.getByRole('link', { name: 'Suspend this agreement' }).click();
    await officer.getByRole('button', { name: 'Continue' }).click();
    expect(await officer.getByRole('alert').textContent()).toContain('Choose the reason');
    await keepPicture(officer, 'agreement-reason');
    await officer.getByLabel('Data quality').check();
    await officer.getByRole('button', { name: 'Continue' }).click();
    expect(await officer.locator('main').textContent()).toContain('Data quality');
    await officer.getByRole('button', { name: 'Suspend the agreement' }).click();
    expect(await officer.locator('main').textContent()).toContain('Suspended');
    const page = await world.signedIn(TRUST_OFFICER);
    for (const one of [officer, page]) {
      await open(one, `${AGREEMENT}/1/resume`);
      await one.getByRole('button', { name: 'Agree to resume' }).click();
    }
    expect(await page.getByRole('alert').textContent()).toContain('in force again');
  });

  it('answer a review after reading its story, which is recorded; overseers read and do not answer', async () => {
    await open(officer, '/console/reviews?state=open');
    await keepPicture(officer, 'reviews');
    await officer.locator('tbody a').first().click();
    expect(await officer.locator('main').textContent()).toContain('Team manager');
    await keepPicture(officer, 'review');
    const address = new URL(officer.url()).pathname;
    await officer.getByRole('button', { name: 'Answer for your agency' }).click();
    await officer.getByRole('button', { name: 'Continue' }).click();
    expect(await officer.getByRole('alert').textContent()).toContain('Choose what your agency found');
    await officer.getByLabel('The override was justified').check();
    await officer.getByLabel('The person was told').check();
    await keepPicture(officer, 'review-answer');
    await officer.getByRole('button', { name: 'Continue' }).click();
    await keepPicture(officer, 'review-check');
    await officer.getByRole('button', { name: 'Record the answer' }).click();
    expect(await officer.getByRole('alert').textContent()).toContain('answer is recorded');
    const read = await runAsOwner(
      world.gateway.database.ownerUrl,
      `SELECT 1 FROM log_entries WHERE kind = 'explanation-read'`,
    );
    expect(read.length).toBeGreaterThan(0);

    const overseer = await world.signedIn(COUNCIL_OVERSIGHT);
    expect(await open(overseer, address)).toBe(200);
    expect(await open(overseer, `${address}/answer`)).toBe(403);
    // INVARIANT: 8. What is another's looks like what is not there.
    const stranger = await world.signedIn(STRANGER);
    const pages: (string | null)[] = [];
    for (const path of [
      address,
      '/console/reviews/0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70',
      `${AGREEMENT}/1`,
      '/console/agreements/none/1',
      `${AGREEMENT}/compare`,
      '/console/catalogue/northmoor-nhs-trust/assessed-needs',
    ]) {
      expect(await open(stranger, path)).toBe(404);
      pages.push(await stranger.locator('main').textContent());
    }
    expect(new Set(pages).size).toBe(1);
    await open(stranger, '/console/reviews');
    expect(await stranger.locator('main').textContent()).toContain('No disclosure that concerns your agency');
  });

  it('take lists away as CSV, the filters kept', async () => {
    const answer = await get('/console/agreements.csv?state=suspended', `gatehouse-session=${await cookieOf(officer)}`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await answer.text()).trim().split('\r\n')).toHaveLength(1);
  });

  it('do everything by keyboard, from the skip link on', async () => {
    await open(officer, '/console');
    const reached: string[] = [];
    for (let presses = 0; presses < 6; presses += 1) {
      await officer.keyboard.press('Tab');
      reached.push((await officer.locator(':focus').textContent())?.trim() ?? '');
    }
    expect(reached.slice(0, 4).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'Skip to main content',
      'Gatehouse officers’ console',
      'Sign out',
      'Home',
    ]);
    await officer.getByRole('link', { name: 'Agreements', exact: true }).focus();
    await officer.keyboard.press('Enter');
    await officer.waitForURL('**/console/agreements');
    expect(await heading(officer)).toBe('Agreements');
  });

  it('find no fault by axe-core on the pages of errors and forms', async () => {
    const page = await world.signedIn(COUNCIL_OFFICER, { javaScriptEnabled: true });
    for (const path of [
      '/console/nothing',
      '/console/agreements?state=x',
      `${AGREEMENT}/1/suspend/check`,
      '/console/agreements?words=zzz',
      '/console/signed-out',
    ]) {
      await open(page, path);
      expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
    }
  });

  describe('the session', () => {
    it('is not made for a forged form, nor by an id that a browser brought along', async () => {
      const session = `gatehouse-session=${await cookieOf(officer)}`;
      const forged = await fetch(`${world.url}${AGREEMENT}/1/revoke`, {
        method: 'POST',
        headers: { cookie: session, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'reason=other&_csrf=made-up',
      });
      expect([forged.status, await forged.text()]).toEqual([403, expect.stringContaining('The form is out of date')]);
      const context = await world.browser.newContext({ javaScriptEnabled: false });
      await context.addCookies([{ name: 'gatehouse-session', value: 'fixed-by-somebody', url: world.url }]);
      const page = await context.newPage();
      await signIn(page, world.url, COUNCIL_OFFICER);
      expect(await cookieOf(page)).not.toBe('fixed-by-somebody');
      expect((await get('/console', 'gatehouse-session=fixed-by-somebody')).status).toBe(303);
    });

    it('is stored by its hash alone', async () => {
      const id = await cookieOf(officer);
      const rows = await runAsOwner(
        world.gateway.database.ownerUrl,
        'SELECT id_hash::text, officer FROM console_sessions',
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain(id);
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(id).toString('hex'));
    });

    it('goes to no other site after the sign-in', async () => {
      for (const to of [
        'https://evil.example/',
        '//evil.example',
        '/\\evil.example',
        '/console/../../evil',
        '/console/sign-out',
      ]) {
        const answer = await get(`/console/sign-in?to=${encodeURIComponent(to)}`);
        expect([to, await answer.text()]).toEqual([to, expect.stringContaining('start?to=%2Fconsole"')]);
      }
    });

    it('ends when the provider says so, behind the browser’s back, and by nobody else’s word', async () => {
      const page = await world.signedIn(COUNCIL_OVERSIGHT);
      const session = `gatehouse-session=${await cookieOf(page)}`;
      for (const body of ['', 'logout_token=made-up', 'logout_token=e30.e30.e30']) {
        const forged = await fetch(`${world.url}/console/back-channel-logout`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body,
        });
        expect([forged.status, await forged.json()]).toEqual([400, { error: 'invalid_request' }]);
      }
      expect((await get('/console', session)).status).toBe(200);
      await page.goto(`${world.gateway.sandbox.issuer}/session/end`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await until(async () => (await get('/console', session)).status === 303);
    });

    it('ends after 15 minutes without use, and not before', async () => {
      const page = await world.signedIn(COUNCIL_OVERSIGHT);
      ahead += 14 * MINUTE;
      expect([await open(page, '/console'), await heading(page)]).toEqual([200, 'What needs attention']);
      ahead += 14 * MINUTE;
      expect([await open(page, '/console'), await heading(page)]).toEqual([200, 'What needs attention']);
      ahead += 15 * MINUTE;
      await open(page, '/console/agreements');
      expect(await heading(page)).toBe('Sign in to the officers’ console');
      expect(await page.locator('main').textContent()).toContain('You are no longer signed in');
      await keepPicture(page, 'sign-in');
    });

    it('ends on every replica, and in every browser, with a sign-out', async () => {
      const replica = await world.gateway.addReplica();
      const [one, other] = [await world.signedIn(COUNCIL_REVIEWER), await world.signedIn(COUNCIL_REVIEWER)];
      const ids = [await cookieOf(one), await cookieOf(other)];
      const statuses = () =>
        Promise.all(
          ids.map(async (id) => {
            const headers = { cookie: `gatehouse-session=${id}` };
            return (await fetch(`${replica.url}/console`, { headers, redirect: 'manual' })).status;
          }),
        );
      expect(await statuses()).toEqual([200, 200]);
      await one.getByRole('button', { name: 'Sign out' }).click();
      // The provider asks whether one is to be signed out there too.
      await one.getByRole('button', { name: 'Sign out' }).click();
      expect(await heading(one)).toBe('You are signed out');
      await keepPicture(one, 'signed-out');
      expect(await statuses()).toEqual([303, 303]);
    });

    it('ends when the officer is no longer registered', async () => {
      const page = await world.signedIn(STRANGER);
      expect(await open(page, '/console')).toBe(200);
      await runAsOwner(world.gateway.database.ownerUrl, 'DELETE FROM officers WHERE id = $1', [STRANGER]);
      await runAsOwner(world.gateway.database.ownerUrl, 'UPDATE register_revision SET revision = revision + 1');
      await until(async () => {
        await open(page, '/console');
        return (await heading(page)) === 'Sign in to the officers’ console';
      });
    });
  });
});
