import type { Page } from 'playwright-core';
import { accessibilityFaults, keepPicture, scrollsSideways } from '../../support/browser.js';
import {
  COUNCIL_ADMINISTRATOR,
  COUNCIL_OFFICER,
  COUNCIL_OPERATOR,
  COUNCIL_OVERSIGHT,
  COUNCIL_REVIEWER,
  startConsoleWorld,
  STRANGER,
  type ConsoleWorld,
} from '../../support/console-world.js';

/** Pages that no other test keeps a picture of. */
const PICTURES = [
  ['agreements', /^\/console\/agreements$/],
  ['agreement-document', /^\/console\/agreements\/adult-care-assessed-needs\/1\/document$/],
  ['catalogue', /^\/console\/catalogue$/],
  ['data-service', /^\/console\/catalogue\/northmoor-nhs-trust\/assessed-needs$/],
  ['help', /^\/console\/help$/],
  ['accessibility', /^\/console\/accessibility$/],
] as const;

/** Most pages that one officer is led through. */
const MOST_PAGES = 60;

describe('every page that is linked', () => {
  let world: ConsoleWorld;
  beforeAll(async () => {
    world = await startConsoleWorld();
    expect((await world.askByOverride()).status).toBe(200);
  });
  afterAll(async () => world.stop());

  it.each([COUNCIL_OFFICER, COUNCIL_REVIEWER, COUNCIL_ADMINISTRATOR, COUNCIL_OVERSIGHT, COUNCIL_OPERATOR, STRANGER])(
    'is there for %s, has no fault by axe-core, and fits 320 pixels and 200%',
    async (account) => {
      // axe-core is a script, which no page would let in: it is brought along from outside.
      const page = await world.signedIn(account, { javaScriptEnabled: true });
      const seen = await walk(page, world.url);
      expect(seen.filter(({ faults }) => faults.length > 0)).toEqual([]);
      expect(seen.length).toBeGreaterThan(account === COUNCIL_OPERATOR ? 3 : 5);
    },
  );

  it('leads an operator nowhere near what is disclosed', async () => {
    const seen = await walk(await world.signedIn(COUNCIL_OPERATOR, { javaScriptEnabled: true }), world.url);
    expect(seen.map(({ path }) => path).toSorted()).toEqual([
      '/console',
      '/console/accessibility',
      '/console/help',
      '/console/integrity',
      '/console/operator-alerts',
    ]);
  });
});

/** Paths whose looks were tried; the start is another for each role. */
const lookedAt = new Set<string>();

/** Follows every link of the console from its start, and says what is wrong with each page. */
async function walk(page: Page, url: string): Promise<{ path: string; faults: string[] }[]> {
  const waiting = ['/console'];
  const seen: { path: string; faults: string[] }[] = [];
  const known = new Set(waiting);
  for (let path = waiting.shift(); path !== undefined && seen.length < MOST_PAGES; path = waiting.shift()) {
    const response = await page.goto(url + path);
    const faults = response?.status() === 200 ? [] : [`answered ${response?.status()}`];
    const code = /\b(Nhs|Uprn|Nino|Dob|Gdpr)\b/.exec((await page.locator('main').textContent()) ?? '');
    if (code) faults.push(`says ${code[0]}, a code in place of a name`);
    if (path === '/console' || !lookedAt.has(path)) faults.push(...(await faultsOfLooks(page)));
    const [name] = PICTURES.find(([, pattern]) => !lookedAt.has(path) && pattern.test(path)) ?? [];
    if (name) await keepPicture(page, name);
    lookedAt.add(path);
    seen.push({ path, faults });
    for (const link of await linksOf(page)) {
      if (!known.has(placeOf(link)) && !/\.(csv|txt|html|md)(\?|$)/.test(link)) waiting.push(link);
      known.add(placeOf(link));
    }
  }
  return seen;
}

/** Where the page's links within the console lead. */
async function linksOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(
    `[...document.querySelectorAll('a[href^="/console"]')].map((link) => link.getAttribute('href'))`,
  );
}

async function faultsOfLooks(page: Page): Promise<string[]> {
  const faults = await accessibilityFaults(page);
  for (const [width, what] of [
    [320, '320 pixels'],
    [640, '200% of 1280'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    if (await scrollsSideways(page)) faults.push(`scrolls sideways at ${what}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  return faults;
}

/** A list is looked at once however it is filtered. */
const placeOf = (link: string): string => link.replace(/\?.*$/, '?');
