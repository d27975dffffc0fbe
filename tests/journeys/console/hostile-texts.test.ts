import type { Browser } from 'playwright-core';
import { OFFICER_ROLES, type OfficerRole } from '../../../src/agencies/index.js';
import { startAuthorizationWorld, type AuthorizationWorld } from '../../support/authorization-world.js';
import { startBrowser } from '../../support/browser.js';
import { parseCsv } from '../../support/csv.js';
import { EVERY_PAGE } from '../access/every-page.js';

/** A formula, script, a statement and a header, ending whatever they could stand in. */
const HOSTILE = [
  `=HYPERLINK("http://evil.example","x")`,
  `'"></title></textarea><script>document.title="taken"</script><img src=x onerror='document.title="taken"'>`,
  `'); DROP TABLE disclosures; --`,
  'Set-Cookie: taken=1',
].join('\r\n');

interface Answered {
  readonly page: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

describe('what an agency calls itself and what is its own', () => {
  let world: AuthorizationWorld;
  let browser: Browser;
  const answers: Answered[] = [];
  beforeAll(async () => {
    [world, browser] = await Promise.all([startAuthorizationWorld(HOSTILE), startBrowser()]);
    for (const [page, { may, path, form }] of Object.entries(EVERY_PAGE)) {
      // What is sent to the gateway changes what other pages show.
      if (form && !page.startsWith('POST /console/person')) continue;
      const browse = await world.browse(may === 'public' ? 'officer' : may[0]!, 'northmoor-council');
      const sent = form?.(world.things);
      answers.push({ page, ...(await browse(path(world.things), sent)) });
    }
  });
  afterAll(async () => {
    await browser.close();
    await world.gateway.stop();
  });

  const showing = (type: string): readonly Answered[] =>
    answers.filter(({ headers }) => headers.get('content-type')?.startsWith(type));

  it('stands on the pages and in the files that say who and what', () => {
    const shown = answers.filter(({ text }) => text.includes('DROP TABLE disclosures')).map(({ page }) => page);
    expect(shown).toEqual(
      expect.arrayContaining(['GET /console/agreements/:id/:version', 'GET /console/catalogue.csv']),
    );
    expect(shown.length).toBeGreaterThan(20);
  });

  it('is text wherever a browser reads it, also one that no policy of the page protects', async () => {
    const page = await browser.newPage();
    const taken: string[] = [];
    for (const answer of showing('text/html')) {
      await page.setContent(answer.text, { waitUntil: 'domcontentloaded' });
      const isTaken = await page.evaluate<boolean>(
        `document.title === 'taken' || document.querySelector('script:not([src]), [onerror]') !== null`,
      );
      if (isTaken) taken.push(answer.page);
    }
    await page.close();
    expect(taken).toEqual([]);
  });

  it('is no formula in any table', () => {
    const files = showing('text/csv');
    const cells = files.flatMap(({ page, text }) =>
      parseCsv(text.replace(/^\uFEFF/, ''))
        .flat()
        .map((cell) => [page, cell]),
    );
    expect(cells.filter(([, cell]) => cell?.includes('HYPERLINK')).length).toBeGreaterThan(5);
    expect(cells.filter(([, cell]) => /^\s*[=+\-@＝＋－＠]/.test(cell ?? ''))).toEqual([]);
  });

  it('is no header of an answer', () => {
    const headers = answers.flatMap(({ headers }) => [...headers].map((header) => header.join(': ')));
    expect(headers.filter((header) => /taken|evil|HYPERLINK/.test(header))).toEqual([]);
  });
});

describe('what is typed into the filters of a page', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await startAuthorizationWorld();
  });
  afterAll(() => world.gateway.stop());

  const pages = Object.entries(EVERY_PAGE).filter(([page]) => page.startsWith('GET'));

  it.each(pages)('%s refuses it or shows it as text', async (_, { may, path }) => {
    const role: OfficerRole = may === 'public' ? OFFICER_ROLES[0] : may[0]!;
    const browse = await world.browse(role, 'northmoor-council');
    const address = path(world.things).split('?')[0]!;
    const fields = [...(await browse(address)).text.matchAll(/\bname="([^"]+)"/g)].map(([, name]) => name!);
    for (const field of new Set(['cursor', 'page', 'to', 'anything', ...fields])) {
      const { status, headers, text } = await browse(
        `${address}?${new URLSearchParams({ [field]: HOSTILE }).toString()}`,
      );
      expect([field, status < 500, text.includes('<script>'), text.includes("onerror='")]).toEqual([
        field,
        true,
        false,
        false,
      ]);
      expect([...headers].flat().join()).not.toMatch(/taken|evil/);
    }
  });
});
