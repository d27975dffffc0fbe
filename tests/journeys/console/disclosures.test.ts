import { randomUUIDv7 as uuid } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import type { DisclosurePage } from '../../../src/disclosures/index.js';
import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { subjectHandle } from '../../../src/subject-handles/index.js';
import { accessibilityFaults, keepPicture, scrollsSideways } from '../../support/browser.js';
import {
  COUNCIL_OFFICER,
  COUNCIL_OPERATOR,
  COUNCIL_OVERSIGHT,
  COUNCIL_REVIEWER,
  startConsoleWorld,
  STRANGER,
  TRUST_OFFICER,
  TRUST_REVIEWER,
  type ConsoleWorld,
} from '../../support/console-world.js';
import { readCsv } from '../../support/csv.js';
import { runAsOwner } from '../../support/database.js';
import { appendExchange, disclosed, type MadeUp } from '../../support/exchange-entries.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { SAFEGUARDING } from '../../support/override-world.js';
import { readPdf } from '../../support/read-pdf.js';
import { until } from '../../support/until.js';

const PERSON = '9990000018';
const SCRIPT = '<script>document.title="taken"</script>';
const FORMULA = '=HYPERLINK("http://evil.example","x")';
const NOWHERE = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';

describe('disclosures and a person in the console', () => {
  let world: ConsoleWorld;
  let officer: Page;
  let council: Call;
  const ids: Record<'partly' | 'refused' | 'overridden' | 'policed' | 'hostile' | 'notShared', string> = {
    partly: '',
    refused: '',
    overridden: '',
    policed: '',
    hostile: '',
    notShared: '',
  };

  beforeAll(async () => {
    world = await startConsoleWorld();
    const { gateway } = world;
    const trust = await gateway.as('northmoor-nhs-trust-records');
    const items = ['northmoor-nhs-trust/assessed-needs#care-coordinator'];
    expect((await trust('POST', '/v1/permissions', needsPermission(PERSON, { items }))).status).toBe(201);
    const ask = async (change?: object): Promise<string> =>
      String((await world.council('POST', '/v1/queries', needsQuery(PERSON, change))).body['exchangeId']);
    ids.partly = await ask();
    ids.refused = await ask({ dataItems: ['care-coordinator', 'clinical-notes'] });
    ids.overridden = String((await world.askByOverride()).body['exchangeId']);
    ids.notShared = String(
      (
        await trust('POST', '/v1/decisions-not-to-share', {
          items: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
          askedBy: 'northmoor-council',
          purpose: 'adult-social-care',
          reason: 'not-necessary',
          legalBasis: ['care-2014-s6'],
          decidedBy: { staffId: 'dsl-0032', role: 'safeguarding-lead' },
        })
      ).body['id'],
    );
    ids.policed = await appendAbout({ claims: { purpose: 'law-enforcement' } });
    council = await world.officer(COUNCIL_OFFICER);
    officer = await world.signedIn(COUNCIL_OFFICER);
  });
  afterAll(() => world.stop({ forged: true }));

  /** An exchange of the council about the person, which nobody made. */
  const appendAbout = async (madeUp: MadeUp): Promise<string> => {
    const { app } = world.gateway.sandbox.gateway;
    const identifier = { type: 'nhs-number', value: PERSON } as const;
    const handle = subjectHandle(world.gateway.sandbox.keys.subjectHandle, 'northmoor-council', identifier);
    const detail = { subjectHandles: { requester: [handle], supplier: [] } };
    return await appendExchange(app.get(DisclosureLog), { ...madeUp, detail });
  };
  const open = async (page: Page, path: string): Promise<number | undefined> =>
    (await page.goto(world.url + path))?.status();
  const told = async (page: Page): Promise<string> =>
    ((await page.locator('main').textContent()) ?? '').replaceAll(/\s+/g, ' ');
  const addressOf = (id: string): string => `/console/disclosures/${id}`;
  const cookieOf = async (page: Page): Promise<string> =>
    (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const fetchAs = async (page: Page, path: string): Promise<Response> =>
    fetch(world.url + path, { headers: { cookie: await cookieOf(page) }, redirect: 'manual' });
  const lookUp = async (page: Page, value = PERSON): Promise<void> => {
    await open(page, '/console/person');
    await page.getByLabel('The identifier').first().fill(value);
    await page.getByRole('button', { name: 'Look the person up' }).click();
  };
  /** What a button of the page hands out. */
  const download = async (page: Page, button: string): Promise<{ name: string; bytes: Buffer }> => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    return { name: file.suggestedFilename(), bytes: await buffer(await file.createReadStream()) };
  };
  const shown = (html: string): string[] =>
    [...html.matchAll(/href="\/console\/disclosures\/([0-9a-f-]{36})"/g)].map(([, id]) => id!);
  const listed = async (page: Page): Promise<string[]> => {
    await page.waitForLoadState();
    return shown(await page.content());
  };
  const entriesOf = async (kind: string) =>
    (await readLog(world.gateway.database.ownerUrl)).filter((entry) => entry.kind === kind);

  it('are searched by every filter that the API has, and a page shows what the API finds', async () => {
    const filters: Record<string, string>[] = [
      {},
      { kind: 'exchange' },
      { kind: 'decision-not-to-share' },
      { direction: 'requested' },
      { direction: 'supplied' },
      { agency: 'northmoor-nhs-trust' },
      { purpose: 'adult-safeguarding' },
      { legalBasis: 'care-2014-s6' },
      { pattern: 'query' },
      { pattern: 'referral' },
      { outcome: 'permit-partial' },
      { result: 'disclosed' },
      { reason: 'DENY_CONSENT_REQUIRED' },
      { override: 'yes' },
      { staffRole: 'social-worker' },
      { staffId: 'sw-4711' },
      { agreement: 'adult-safeguarding' },
      { from: '2026-11-22' },
      { to: '2026-11-21' },
      { purpose: 'adult-social-care', outcome: 'deny' },
    ];
    let found = 0;
    for (const filter of filters) {
      const query = new URLSearchParams(filter).toString();
      // The last day of a form is included; the end of a call is not.
      const inCall = new URLSearchParams({ ...filter, ...(filter['to'] && { to: '2026-11-22' }) }).toString();
      const page = await fetchAs(officer, `/console/disclosures?${query}`);
      const { disclosures } = (await council('GET', `/v1/disclosures?${inCall}`)).body as unknown as DisclosurePage;
      const expected = disclosures.map(({ exchangeId }) => exchangeId);
      expect([filter, page.status, shown(await page.text())]).toEqual([filter, 200, expected]);
      found += expected.length > 0 ? 1 : 0;
    }
    expect(found).toBeGreaterThan(14);
  });

  it('are searched in a form whose filters stand in the address, survive a reload, and go with the CSV', async () => {
    await officer.getByRole('link', { name: 'Disclosures', exact: true }).click();
    await keepPicture(officer, 'disclosures');
    await officer.getByLabel('First day').fill('2026-11-01');
    await officer.getByLabel('Decision', { exact: true }).selectOption('permit-partial');
    await officer.getByText('More filters').click();
    await officer.getByLabel('Under the agreement').selectOption('adult-care-assessed-needs');
    await officer.getByLabel('Staff id').fill('sw-4711');
    await officer.getByRole('button', { name: 'Show' }).click();
    await officer.waitForURL('**/console/disclosures?*staffId=sw-4711*');
    const { searchParams } = new URL(officer.url());
    expect(searchParams.get('from')).toBe('2026-11-01');
    await officer.reload();
    expect(await officer.getByLabel('Staff id').inputValue()).toBe('sw-4711');
    expect(await officer.getByRole('status').textContent()).toBe('1 disclosure');
    expect(await listed(officer)).toEqual([ids.partly]);
    const before = (await entriesOf('disclosures-searched')).length;
    const href = await officer.getByRole('link', { name: 'Download this list as CSV' }).getAttribute('href');
    const file = await fetchAs(officer, href!);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(readCsv(await file.text())).toEqual([
      expect.objectContaining({
        Exchange: ids.partly,
        'What became of it': 'disclosed',
        'Items released': 'care-coordinator',
        'Staff id': 'sw-4711',
      }),
    ]);
    expect((await entriesOf('disclosures-searched')).slice(before)).toMatchObject([
      { claims: { searchedBy: { officer: COUNCIL_OFFICER }, found: 1 } },
    ]);
  });

  it('are read page after page, with their count', async () => {
    const log = world.gateway.sandbox.gateway.app.get(DisclosureLog);
    const role = 'made-up-for-paging';
    const requester = { agency: 'northmoor-council', system: 's', staffId: 'pg-1', role };
    await Promise.all(
      Array.from({ length: 51 }, () => appendExchange(log, { claims: { at: '2025-05-01T09:00:00.000Z', requester } })),
    );
    await open(officer, `/console/disclosures?staffRole=${role}`);
    expect(await officer.getByRole('status').textContent()).toBe('51 disclosures');
    const first = await listed(officer);
    await officer.getByRole('link', { name: 'Next page' }).click();
    expect(await officer.getByLabel('Role of the member of staff').inputValue()).toBe(role);
    const second = await listed(officer);
    expect([first.length, second.length, new Set([...first, ...second]).size]).toEqual([50, 1, 51]);
    await officer.getByRole('link', { name: 'First page' }).click();
    expect(await listed(officer)).toEqual(first);
    const file = await (await fetchAs(officer, `/console/disclosures.csv?staffRole=${role}`)).text();
    expect(readCsv(file)).toHaveLength(51);
  });

  it('are not searched by what is no filter, and what is refused is not shown again', async () => {
    const page = await fetchAs(officer, '/console/disclosures?staffId=9990000018&from=2026-02-30&purpose=%3Cscript%3E');
    const html = await page.text();
    expect(page.status).toBe(400);
    expect(html).toContain('never the number of a person');
    expect(html).toContain('Enter the first day as a date');
    expect(html).not.toMatch(/9990000018|2026-02-30|<script>/);
    expect(shown(html)).toEqual([]);
    const backwards = await fetchAs(officer, '/console/disclosures?from=2026-11-02&to=2026-11-01');
    expect([backwards.status, await backwards.text()]).toEqual([
      400,
      expect.stringContaining('The last day must not be before the first'),
    ]);
    await open(officer, '/console/disclosures?outcome=deny&pattern=referral');
    expect(await told(officer)).toContain('No disclosure fits these filters');
  });

  it('tell the story of one: its items with the law and the clause of each, who asked, and where it is in the log', async () => {
    await open(officer, addressOf(ids.partly));
    await keepPicture(officer, 'disclosure');
    const text = await told(officer);
    const [decision, outcome] = await readLog(world.gateway.database.ownerUrl, ids.partly);
    for (const said of [
      'Disclosed in part',
      'asked Northmoor Community and Mental Health NHS Trust (fictional) for',
      'for a social worker, staff id sw-4711',
      'Not given WhyThe permission that this disclosure relies on has not been given',
      'Clause of the agreementtrust-to-council',
      'Statutory duty: Care Act 2014 s.6',
      'Decided again now from what was kept, it comes out the same.',
      `Inclusion proof of entry ${decision!.index}`,
      `Inclusion proof of entry ${outcome!.index}`,
    ]) {
      expect(text).toContain(said);
    }
    const trust = await world.signedIn(TRUST_OFFICER);
    await open(trust, addressOf(ids.overridden));
    expect(await told(trust)).toContain('Your agency was asked');
    expect(await told(trust)).not.toMatch(/sw-4711|tm-0007/);
    await open(trust, addressOf(ids.notShared));
    expect(await told(trust)).toContain('Decided bySafeguarding lead, staff id dsl-0032');
  });

  it('name agreements in force that say different things, each with a way to it', async () => {
    const one = { id: 'adult-care-assessed-needs', version: 1 };
    const detail = { conflictingAgreements: [one, { id: 'another', version: 4 }] };
    const log = world.gateway.sandbox.gateway.app.get(DisclosureLog);
    await open(officer, addressOf(await appendExchange(log, { detail })));
    expect(await told(officer)).toContain(
      'Agreements that say different thingsadult-care-assessed-needs, version 1another, version 4',
    );
    await officer.getByRole('link', { name: 'adult-care-assessed-needs, version 1' }).click();
    expect(await told(officer)).toContain('Assessed needs of adults for social care in Northmoor');
  });

  it('are taken away as the decision form of the ICO’s code', async () => {
    for (const [form, type] of [
      ['html', 'text/html'],
      ['md', 'text/markdown'],
    ]) {
      const answer = await fetchAs(officer, `${addressOf(ids.partly)}/decision-form.${form}`);
      expect(answer.headers.get('content-type')).toContain(type!);
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="decision-form-${ids.partly}.${form}"`,
      );
      expect(await answer.text()).toContain('To share in part.');
    }
  });

  describe('are verified on the page', () => {
    const verify = async (page: Page, id: string): Promise<string> => {
      await open(page, addressOf(id));
      await page.getByRole('button', { name: 'Verify now' }).click();
      return await told(page);
    };
    const change = (sql: string): Promise<unknown> => runAsOwner(world.gateway.database.ownerUrl, sql);

    it('with everything in order, in words', async () => {
      const text = await verify(officer, ids.partly);
      await keepPicture(officer, 'disclosure-verified');
      expect(text).toContain('It stands in the log');
      expect(text).toContain('The newest checkpoint is signed by the log’s key');
      expect(text.match(/its body was read and hashed, and makes its leaf/g)).toHaveLength(2);
      expect(text.match(/its leaf leads by a proof of \d+ hash/g)).toHaveLength(2);
    });

    it('and what was changed behind the gateway’s back is found', async () => {
      const [, outcome] = await readLog(world.gateway.database.ownerUrl, ids.partly);
      const index = outcome!.index;
      await open(officer, addressOf(ids.partly));
      const press = async (): Promise<string> => {
        await officer.getByRole('button', { name: 'Verify now' }).click();
        return await told(officer);
      };
      const body = `UPDATE log_bodies SET claims = replace(claims, '"X"', '"Y"') WHERE log_index = ${index}`;
      const [from, to] = ['sw-4711', 'sw-0001'];
      await change(body.replace('"X"', from).replace('"Y"', to));
      expect(await press()).toContain(`The body of entry ${index} does not make its leaf.`);
      expect(await told(officer)).toContain('It does not stand in the log');
      expect(await told(officer)).toContain('does not make its leaf; what stands');
      await keepPicture(officer, 'disclosure-not-verified');
      await change(body.replace('"X"', to).replace('"Y"', from));
      expect(await press()).toContain('It stands in the log');

      const flip = (table: string, column: string): string =>
        `UPDATE ${table} SET ${column} = set_byte(${column}, 0, get_byte(${column}, 0) # 1)`;
      const leaf = `${flip('log_entries', 'leaf_hash')} WHERE log_index = ${index}`;
      await change(leaf);
      expect(await press()).toContain(`The body of entry ${index} does not make its leaf.`);
      await change(leaf);

      await change(flip('log_nodes', 'hash'));
      expect(await press()).toContain(`Entry ${index} is not in the tree that the newest checkpoint signs.`);
      await change(flip('log_nodes', 'hash'));

      await change(`UPDATE decision_facts SET content = content || ' '`);
      expect(await press()).toContain(`The facts that entry ${index} was decided on are missing or changed.`);
      await change('UPDATE decision_facts SET content = left(content, -1)');

      const columns = (agency: string): string =>
        `UPDATE log_entries SET supplier_agency = '${agency}' WHERE log_index = ${index}`;
      await change(columns('northmoor-fire'));
      expect(await press()).toContain(`The columns of entry ${index} do not say what its body says.`);
      await change(columns('northmoor-nhs-trust'));

      const checkpoint = `UPDATE log_checkpoints SET note = replace(note, 'log ', 'log A') WHERE tree_size = (SELECT max(tree_size) FROM log_checkpoints)`;
      await change(checkpoint);
      expect(await press()).toContain('The newest checkpoint is not one that the log’s key signed.');
      await change(checkpoint.replace("'log ', 'log A'", "'log A', 'log '"));
      expect(await press()).toContain('It stands in the log');

      await change('CREATE TABLE taken AS SELECT * FROM log_bodies WHERE false');
      await change(`INSERT INTO taken SELECT * FROM log_bodies WHERE log_index = ${index}`);
      await change(`SET session_replication_role = replica; DELETE FROM log_bodies WHERE log_index = ${index}`);
      expect(await press()).toContain(`The body of entry ${index} is missing, and no entry says that it was erased.`);
      await change('INSERT INTO log_bodies SELECT * FROM taken; DROP TABLE taken');
      expect(await press()).toContain('It stands in the log');
    });

    it('and once they were erased, with what can still be proved', async () => {
      const orderer = await world.officer(COUNCIL_REVIEWER);
      const confirmer = await world.officer(TRUST_REVIEWER);
      const order = { exchanges: [ids.overridden], ground: 'recorded-in-error' };
      const ordered = await orderer('POST', '/v1/erasures', order);
      expect((await confirmer('POST', `/v1/erasures/${String(ordered.body['id'])}/confirm`)).status).toBe(200);
      expect((await council('GET', addressOf(ids.overridden).replace('/console', '/v1'))).status).toBe(410);
      expect(await open(officer, addressOf(ids.overridden))).toBe(200);
      expect(await told(officer)).toContain('What was on record of it was erased');
      await keepPicture(officer, 'disclosure-erased');
      const text = await verify(officer, ids.overridden);
      const [erasing] = await entriesOf('bodies-erased');
      expect(text).toContain('It stands in the log');
      expect(text).toContain(`its body was erased, as entry ${erasing!.index} says: officers ordered it`);
      expect(text).toContain('What can still be proved');
      expect((await fetchAs(officer, `${addressOf(ids.overridden)}/decision-form.html`)).status).toBe(410);

      const body = `UPDATE log_bodies SET claims = replace(claims, 'recorded-in-error', 'x') WHERE log_index = ${erasing!.index}`;
      await change(body);
      expect(await verify(officer, ids.overridden)).toContain(
        `The body of entry ${erasing!.index} does not make its leaf.`,
      );
      await change(body.replace("'recorded-in-error', 'x'", `'"x"', '"recorded-in-error"'`));
      expect(await verify(officer, ids.overridden)).toContain('It stands in the log');
    });

    it('by a form of this session alone', async () => {
      const answer = await fetch(`${world.url}${addressOf(ids.partly)}/verify`, {
        method: 'POST',
        headers: { cookie: await cookieOf(officer), 'content-type': 'application/x-www-form-urlencoded' },
        body: '_csrf=made-up',
      });
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('The form is out of date')]);
    });
  });

  it('of other agencies look like none: INVARIANT 8', async () => {
    const stranger = await world.signedIn(STRANGER);
    const token = await formToken(stranger);
    const cookie = await cookieOf(stranger);
    const pages: string[] = [];
    for (const id of [ids.partly, ids.overridden, ids.notShared, NOWHERE, 'none']) {
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/verify'],
        ['GET', '/decision-form.html'],
        ['GET', '/decision-form.md'],
      ] as const) {
        const answer = await fetch(world.url + addressOf(id) + path, {
          method,
          headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
          ...(method === 'POST' && { body: new URLSearchParams({ _csrf: token }) }),
        });
        expect([id, path, answer.status]).toEqual([id, path, 404]);
        pages.push((await answer.text()).replaceAll(/name="_csrf" value="[^"]*"/g, ''));
      }
    }
    expect(new Set(pages).size).toBe(1);
    await open(stranger, '/console/disclosures');
    expect(await told(stranger)).toContain('Your agency has not asked for anything yet');
  });

  describe('a person', () => {
    it('is looked up by a form that says beforehand that it is recorded; the identifier is in no address and no log', async () => {
      await open(officer, '/console/person');
      expect(await told(officer)).toContain('Each look-up is recorded in the disclosure log before you see its answer');
      await keepPicture(officer, 'person');
      const before = (await entriesOf('person-searched')).length;
      await lookUp(officer, '999 000 0018');
      await keepPicture(officer, 'person-found');
      expect(officer.url()).toBe(`${world.url}/console/person`);
      expect(new Set(await listed(officer))).toEqual(new Set([ids.partly, ids.refused, ids.policed]));
      expect((await entriesOf('person-searched')).slice(before)).toMatchObject([
        { claims: { searchedBy: { agency: 'northmoor-council', officer: COUNCIL_OFFICER }, found: 3 } },
      ]);
      const { name, bytes } = await download(officer, 'Download this list as CSV');
      expect(name).toBe('disclosures-about-a-person.csv');
      expect(readCsv(bytes.toString()).map(({ Exchange }) => Exchange)).toEqual(await listed(officer));
      expect(bytes.toString()).not.toContain(PERSON);
      await officer.locator('tbody a').first().click();
      expect(await officer.locator('h1').textContent()).toContain('Disclosure of');
      expect(world.gateway.logged.join('')).not.toMatch(/999 ?000 ?0018/);
    });

    it('is not looked up by what is no identifier', async () => {
      await lookUp(officer, '9990000019');
      expect(await officer.getByRole('alert').textContent()).toContain('Its check digit does not fit');
      await lookUp(officer, ' ');
      expect(await officer.getByRole('alert').textContent()).toContain('Enter an identifier of the person');
      await officer.getByText('Add other identifiers').click();
      for (const place of [0, 1]) await officer.getByLabel('The identifier').nth(place).fill(PERSON);
      await officer.getByRole('button', { name: 'Look the person up' }).click();
      expect(await officer.getByRole('alert').textContent()).toContain('Give each kind of identifier once');
      await lookUp(officer, '9434765919');
      expect(await told(officer)).toContain('Your agency has asked for nothing about this person');
    });

    it('gets a report as PDF, CSV and JSON, which leaves out what the police did without a word of it', async () => {
      const files: Record<string, { name: string; bytes: Buffer }> = {};
      for (const as of ['PDF', 'CSV', 'JSON']) {
        await lookUp(officer);
        files[as] = await download(officer, `Download as ${as}`);
      }
      expect(files['PDF']!.name).toMatch(/^what-was-shared-[0-9a-f-]{36}\.pdf$/);
      expect(readPdf(files['PDF']!.bytes).text).toContain('What was shared about you');
      const csv = files['CSV']!.bytes.toString();
      expect(csv).not.toMatch(/(^|,)"\s*[=+\-@]/m);
      const report = JSON.parse(files['JSON']!.bytes.toString()) as { disclosures: { reference: string }[] };
      const references = new Set(report.disclosures.map(({ reference }) => reference));
      expect(references).toEqual(new Set([ids.partly, ids.refused]));
      for (const { bytes } of Object.values(files)) expect(bytes.toString()).not.toContain(ids.policed);
      await lookUp(officer);
      await officer.getByLabel('First day').fill('2026-11-02');
      await officer.getByLabel('Last day').fill('2026-11-01');
      await officer.getByRole('button', { name: 'Download as PDF' }).click();
      expect(await officer.getByRole('alert').textContent()).toContain('The last day must not be before the first');
    });

    it('is for officers and reviewers; what was left out of a report is for oversight alone', async () => {
      const overseer = await world.signedIn(COUNCIL_OVERSIGHT);
      expect(await open(overseer, '/console/person')).toBe(403);
      await overseer.getByRole('link', { name: 'Reports to people' }).click();
      expect(await overseer.getByRole('status').textContent()).toBe('3 reports');
      await keepPicture(overseer, 'reports-to-people');
      const rows = readCsv(await (await fetchAs(overseer, '/console/subject-access-reports.csv')).text());
      expect(rows.map((row) => [row['Officer'], row['Records left out']])).toEqual(
        Array.from({ length: 3 }, () => [COUNCIL_OFFICER, '1']),
      );
      await overseer.locator('tbody a').first().click();
      await keepPicture(overseer, 'report-to-a-person');
      const address = new URL(overseer.url()).pathname;
      await overseer.getByRole('link', { name: ids.policed }).click();
      expect(await overseer.locator('h1').textContent()).toContain('Disclosure of');
      expect(await open(officer, address)).toBe(403);
      const operator = await world.signedIn(COUNCIL_OPERATOR);
      for (const path of ['/console/disclosures', addressOf(ids.partly), '/console/person', address]) {
        expect([path, await open(operator, path)]).toEqual([path, 403]);
      }
      expect(await open(overseer, `/console/subject-access-reports/${uuid()}`)).toBe(404);
    });
  });

  it('are searched, verified and looked up for a person by keyboard alone', async () => {
    const press = async (selector: string, heading: string, typed = ''): Promise<void> => {
      await officer.locator(selector).focus();
      await officer.keyboard.type(typed);
      await officer.keyboard.press('Enter');
      await officer.getByRole('heading', { name: heading, exact: true }).waitFor();
    };
    await open(officer, '/console/disclosures');
    await officer.locator('summary').focus();
    await officer.keyboard.press('Enter');
    await press('#staffId', 'Disclosures', 'sw-4711');
    expect(new URL(officer.url()).searchParams.get('staffId')).toBe('sw-4711');
    await open(officer, addressOf(ids.partly));
    await press('form[action$="/verify"] button', 'It stands in the log');
    await open(officer, '/console/person');
    await press('#value-1', 'What was shared about a person', PERSON);
    expect(await officer.getByRole('status').textContent()).toBe('3 disclosures');
  });

  it('are not shown when the look cannot be recorded', async () => {
    const role = new URL(world.gateway.sandbox.databaseUrl).username;
    const change = (sql: string): Promise<unknown> => runAsOwner(world.gateway.database.ownerUrl, sql);
    await change(`REVOKE INSERT ON log_bodies FROM ${role}`);
    for (const path of ['/console/disclosures', '/console/disclosures.csv', addressOf(ids.partly)]) {
      const answer = await fetchAs(officer, path);
      const html = await answer.text();
      expect([path, answer.status, html]).toEqual([
        path,
        503,
        expect.stringContaining('The disclosure log cannot be written'),
      ]);
      expect(html).not.toContain(ids.refused);
    }
    await lookUp(officer);
    expect(await told(officer)).toContain('nothing happens without its record');
    await change(`GRANT INSERT ON log_bodies TO ${role}`);
    await until(async () => (await fetchAs(officer, '/console/disclosures')).status === 200);
  });

  it('let no text that an agency sent run as script, or be a formula of a spreadsheet', async () => {
    const hostile = `${FORMULA} ${SCRIPT}`;
    ids.hostile = await appendAbout({
      claims: {
        at: '2026-03-29T00:30:00.000Z',
        requester: { agency: 'northmoor-council', system: hostile, staffId: hostile, role: hostile },
        dataService: hostile,
        purpose: hostile,
        justification: hostile,
        agreement: { id: hostile, version: 1, hash: hostile },
        decision: { outcome: 'permit', reasonCodes: [hostile], policyVersion: hostile },
        items: [{ dataItem: hostile, outcome: 'permit', reasonCodes: [hostile], legalBasis: [hostile] }],
        override: { reason: hostile as never, authorisedBy: { staffId: hostile, role: hostile } },
      },
      outcome: disclosed(hostile),
    });
    // Names that an agency has in its definition, too: of itself, of a data service and of an item.
    const names = /Northmoor Community and Mental Health NHS Trust \(fictional\)|Assessed needs$|Who coordinates .*/gm;
    const edit = (file: string, text: string): string =>
      file.endsWith('.agreement.yaml') ? text : text.replaceAll(names, JSON.stringify(hostile));
    await world.gateway.define({ add: SAFEGUARDING, edit });
    await until(async () => (await (await fetchAs(officer, '/console/disclosures')).text()).includes('&lt;script'));
    const page = await world.signedIn(COUNCIL_OFFICER, { javaScriptEnabled: true });
    const isHarmless = async (): Promise<void> => {
      expect(await page.locator('main').textContent()).toContain(SCRIPT);
      expect(await page.title()).not.toBe('taken');
      expect(await page.locator('script').count()).toBe(0);
      await page.setViewportSize({ width: 320, height: 800 });
      expect(await scrollsSideways(page)).toBe(false);
    };
    for (const path of ['/console/disclosures', addressOf(ids.hostile), addressOf(ids.partly)]) {
      expect(await open(page, path)).toBe(200);
      await isHarmless();
    }
    await lookUp(page);
    await isHarmless();
    const form = await (await fetchAs(page, `${addressOf(ids.hostile)}/decision-form.html`)).text();
    expect([form.includes('&lt;script&gt;'), form.includes('<script')]).toEqual([true, false]);
    for (const file of [
      (await download(page, 'Download as CSV')).bytes.toString(),
      (await download(page, 'Download this list as CSV')).bytes.toString(),
      await (await fetchAs(officer, '/console/disclosures.csv')).text(),
    ]) {
      expect(file).toContain(`"'${FORMULA.replaceAll('"', '""')}`);
      expect(file).not.toMatch(/(^|,)"\s*[=+\-@]/m);
    }
  });

  it('have no fault by axe-core, and fit 320 pixels and 200%, in the states that no link leads to', async () => {
    const page = await world.signedIn(COUNCIL_OFFICER, { javaScriptEnabled: true });
    const faults: string[] = [];
    const look = async (what: string): Promise<void> => {
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${what}: ${fault}`));
      for (const width of [320, 640]) {
        await page.setViewportSize({ width, height: 800 });
        if (await scrollsSideways(page)) faults.push(`${what} scrolls sideways at ${width}`);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    };
    for (const path of [
      '/console/disclosures?staffId=9990000018&from=x',
      '/console/disclosures?kind=exchange&outcome=deny&pattern=referral',
      addressOf(ids.overridden),
      addressOf(ids.hostile),
    ]) {
      await open(page, path);
      await look(path);
    }
    await open(page, addressOf(ids.partly));
    await page.getByText('Inclusion proof of entry').first().click();
    await look('proof');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText('The hashes, and the key').click();
    await look('verification');
    await open(page, '/console/person');
    await page.getByRole('button', { name: 'Look the person up' }).click();
    await page.getByText('How each is written').click();
    await look('person with a fault');
    await page.locator('#value-1').fill(PERSON);
    await page.getByRole('button', { name: 'Look the person up' }).click();
    await look('person found');
    await page.getByLabel('First day').fill('2026-11-02');
    await page.getByLabel('Last day').fill('2026-11-01');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    await look('report with a fault');
    expect(faults).toEqual([]);
  });

  it('leave the log whole', async () => expect(await logFindings(world.gateway)).toEqual([]));
});

const formToken = async (page: Page): Promise<string> => await page.locator('input[name="_csrf"]').first().inputValue();
