import { randomUUIDv7 as uuid } from 'node:crypto';
import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { runAsOwner } from '../../support/database.js';
import { PERIOD, PERSON, startExportsWorld, type ExportsWorld } from '../../support/exports-world.js';
import { fhirFaults } from '../../support/fhir-r4.js';
import type { Answer, Call } from '../../support/gateway.js';
import { SAFEGUARDING } from '../../support/override-world.js';
import { parseCsv } from '../../support/csv.js';
import { readLog } from '../../support/read-log.js';
import { until } from '../../support/until.js';

const TRUST = 'Northmoor Community and Mental Health NHS Trust (fictional)';

/** An AuditEvent, as far as tests look into it. */
interface Event {
  readonly id: string;
  readonly outcome: string;
  readonly agent: readonly { requestor: boolean; altId?: string; who: { identifier: object; display?: string } }[];
  readonly entity: readonly { what?: { type?: string; identifier: { system: string; value: string } } }[];
}

describe('exports of exchanges', () => {
  let world: ExportsWorld;
  let council: Call;
  let trust: Call;
  beforeAll(async () => {
    world = await startExportsWorld();
    ({ council, trust } = world.officers);
  });
  afterAll(() => world.stop({ forged: true }));

  const got = async (call: Call, path: string): Promise<Answer> => {
    const answer = await call('GET', path);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer;
  };
  const tableOf = async (call: Call, path = `/v1/exports/exchanges?${PERIOD}`): Promise<Record<string, string>[]> => {
    const { text } = await got(call, path);
    const [columns = [], ...rows] = parseCsv(text);
    return rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place] ?? ''])));
  };
  const eventsOf = async (call: Call): Promise<Event[]> => {
    const { text } = await got(call, `/v1/exports/audit-events?${PERIOD}`);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Event);
  };
  const exportsRecorded = async () =>
    (await readLog(world.gateway.database.ownerUrl))
      .filter(({ kind }) => kind === 'disclosures-exported')
      .map(({ claims }) => (claims as unknown as { form: string }).form);

  describe('as a table', () => {
    it('has a row for each exchange, with what became of it and its place in the log', async () => {
      const rows = await tableOf(council);
      const { partly, refused, unread, overridden } = world.exchanges;
      expect(rows.map((row) => [row['Line'], row['Exchange'], row['What became of it']])).toEqual([
        ['1', partly, 'disclosed'],
        ['2', refused, 'refused'],
        ['3', unread, 'refused'],
        ['4', overridden, 'disclosed'],
      ]);
      const [decision, outcome] = await readLog(world.gateway.database.ownerUrl, partly);
      expect(rows[0]).toMatchObject({
        'Log index': String(decision!.index),
        'Log index of outcome': String(outcome!.index),
        Direction: 'asked',
        'Other agency': 'northmoor-nhs-trust',
        'Name of other agency': TRUST,
        Purpose: 'adult-social-care',
        Agreement: 'adult-care-assessed-needs',
        Version: '1',
        'Staff id': 'sw-4711',
        Role: 'social-worker',
        Decision: 'permit-partial',
        'Items permitted': 'care-coordinator',
        'Items refused': 'assessed-needs',
        'Items released': 'care-coordinator',
        'Items withheld': 'assessed-needs (DENY_CONSENT_REQUIRED)',
        'Decided at': decision!.claims.at,
        'Recorded at': outcome!.claims.at,
      });
      expect(rows[0]!['Legal bases']!.split('; ')).toContain('care-2014-s6');
      expect(rows[2]).toMatchObject({ 'Other agency': '', Reasons: 'REQUEST_INVALID' });
      expect(rows[3]).toMatchObject({
        Override: 'asking-would-prejudice-protection',
        'Authorised by role': 'team-manager',
        'Authorised by staff id': 'tm-0007',
      });
    });

    it('tells the supplier’s officers no staff ids but their own, and their own decisions not to share', async () => {
      const rows = await tableOf(trust);
      const { partly, overridden, outside } = world.exchanges;
      expect(rows.map((row) => row['Exchange'])).toEqual([partly, world.exchanges.refused, overridden, outside]);
      expect(rows[0]).toMatchObject({ Direction: 'was-asked', 'Other agency': 'northmoor-council', 'Staff id': '' });
      expect(rows[2]).toMatchObject({ 'Authorised by role': 'team-manager', 'Authorised by staff id': '' });
      expect(rows[3]).toMatchObject({
        Direction: 'was-asked-outside',
        'Other agency': 'northmoor-council',
        'What became of it': 'not-shared',
        Reasons: 'safety-of-somebody',
        'Staff id': 'dsl-0032',
        'Items refused': 'northmoor-nhs-trust/assessed-needs#risk-summary',
      });
      expect(await tableOf(world.officers.fire)).toEqual([]);
    });

    it('goes on after any row with the same bytes and no second heading', async () => {
      const { text, headers } = await got(council, `/v1/exports/exchanges?${PERIOD}`);
      const rows = parseCsv(text);
      const treeSize = headers.get('gatehouse-export-tree-size');
      const after = rows[2]![1];
      const rest = await got(council, `/v1/exports/exchanges?${PERIOD}&treeSize=${treeSize}&after=${after}`);
      expect(text.endsWith(rest.text)).toBe(true);
      expect(parseCsv(rest.text)).toEqual(rows.slice(3));
    });

    it('stays as it was at its checkpoint, whatever became of an exchange since', async () => {
      const log = world.gateway.sandbox.gateway.app.get(DisclosureLog);
      const [permit, outcome] = await readLog(world.gateway.database.ownerUrl, world.exchanges.partly);
      const exchangeId = uuid();
      const change = <Claims extends object>(claims: Claims) => ({ ...claims, exchangeId });
      await log.append({ claims: change(permit!.claims), detail: permit!.detail });
      const before = await got(council, `/v1/exports/exchanges?${PERIOD}`);
      await log.append({ claims: change(outcome!.claims), detail: outcome!.detail });
      const pin = `&treeSize=${before.headers.get('gatehouse-export-tree-size')}&after=0`;
      const again = await got(council, `/v1/exports/exchanges?${PERIOD}${pin}`);
      expect(before.text.endsWith(again.text)).toBe(true);
      expect(parseCsv(again.text).at(-1)).toContain('unresolved');
      const now = await tableOf(council);
      expect(now.at(-1)).toMatchObject({ Exchange: exchangeId, 'What became of it': 'disclosed' });
    });

    it('is a file whose name holds letters, digits and hyphens alone', async () => {
      const { headers } = await got(council, `/v1/exports/exchanges?from=2026-11-01T00:00:00Z&to=2099-12-01T00:00:00Z`);
      expect(headers.get('content-disposition')).toBe(
        'attachment; filename="gatehouse-exchanges-northmoor-council-2026-11-01-2099-12-01.csv"',
      );
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      const injected = await council(
        'GET',
        `/v1/exports/exchanges?from=${encodeURIComponent('2026-11-01T00:00:00Z"\r\nSet-Cookie: a=b')}&to=2099-12-01T00:00:00Z`,
      );
      expect([injected.status, injected.headers.get('set-cookie')]).toEqual([400, null]);
    });
  });

  describe('as FHIR AuditEvents', () => {
    it('are resources by HL7’s definitions of R4, one to a line', async () => {
      for (const call of [council, trust]) {
        const events = await eventsOf(call);
        expect(events.length).toBeGreaterThan(3);
        for (const event of events) expect(fhirFaults(event)).toEqual([]);
      }
      const [event] = await eventsOf(council);
      expect(fhirFaults({ ...event, agent: [] })).not.toEqual([]);
      expect(fhirFaults({ ...event, recorded: 'yesterday' })).not.toEqual([]);
      expect(fhirFaults({ ...event, person: PERSON })).not.toEqual([]);
    });

    it('name agencies by ODS and GSS codes, and the subject by a handle in the agency’s own view', async () => {
      const [entry] = await readLog(world.gateway.database.ownerUrl, world.exchanges.partly);
      const handles = entry!.detail.subjectHandles!;
      for (const [call, own, others, agency] of [
        [council, handles.requester, handles.supplier, 'northmoor-council'],
        [trust, handles.supplier, handles.requester, 'northmoor-nhs-trust'],
      ] as const) {
        const events = await eventsOf(call);
        const event = events.find(({ id }) => id === world.exchanges.partly)!;
        expect(event.outcome).toBe('0');
        expect(event.agent.map(({ who }) => who.identifier)).toEqual([
          { system: 'http://statistics.data.gov.uk/id/statistical-geography', value: 'E08999901' },
          { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'ZZ991' },
        ]);
        expect(event.entity[0]!.what).toEqual({
          type: 'Patient',
          identifier: { system: `${world.gateway.publicUrl}/subject-handles/${agency}`, value: own[0] },
        });
        const text = JSON.stringify(events);
        for (const handle of others) expect(text).not.toContain(handle);
        for (const part of [PERSON, 'Casey Example', 'ASC-2026-00123']) expect(text).not.toContain(part);
        expect(text.includes('sw-4711')).toBe(call === council);
      }
    });

    it('tell a refusal, an override and a decision not to share apart', async () => {
      const events = await eventsOf(trust);
      const outcomes = Object.fromEntries(events.map(({ id, outcome }) => [id, outcome]));
      const { refused, overridden, outside } = world.exchanges;
      expect([outcomes[refused], outcomes[overridden], outcomes[outside]]).toEqual(['4', '0', '4']);
      const of = (id: string): string => JSON.stringify(events.find((event) => event.id === id));
      expect(of(overridden)).toContain('/codes/override","code":"asking-would-prejudice-protection"');
      expect(of(refused)).not.toContain('/codes/override');
      // A duty of care is not a life at risk.
      expect(of(overridden)).not.toContain('"BTG"');
    });

    it('come as Bundles too, each leading to the next', async () => {
      const { body, headers } = await got(council, `/v1/exports/audit-event-bundle?${PERIOD}`);
      expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
      expect(fhirFaults(body)).toEqual([]);
      const { entry, link } = body as unknown as {
        entry: { resource: Event }[];
        link: { relation: string; url: string }[];
      };
      expect(entry.map(({ resource }) => resource)).toEqual(await eventsOf(council));
      expect(link.map(({ relation }) => relation)).toEqual(['self']);
    });
  });

  describe('as statistics of a month', () => {
    const month = new Date().toISOString().slice(0, 7);
    const countsOf = async (call: Call, more = ''): Promise<Record<string, string>> => {
      const rows = await tableOf(call, `/v1/exports/statistics?month=${month}${more}`);
      return Object.fromEntries(
        rows.map((row) => [[row['Direction'], row['Counted by'], row['Value']].join(' '), row['Exchanges']!]),
      );
    };

    it('count by other agency, purpose, legal basis, decision, outcome, reason and override', async () => {
      expect(await countsOf(council)).toMatchObject({
        'asked all ': '5',
        'asked other-agency northmoor-nhs-trust': '4',
        'asked other-agency not-understood': '1',
        'asked purpose adult-social-care': '3',
        'asked purpose adult-safeguarding': '1',
        'asked decision deny': '2',
        'asked outcome disclosed': '3',
        'asked outcome refused': '2',
        'asked reason REQUEST_INVALID': '1',
        'asked override asking-would-prejudice-protection': '1',
        'asked override none': '4',
        'asked legal-basis care-2014-s6': '2',
      });
      expect(await countsOf(trust)).toMatchObject({
        'was-asked all ': '4',
        'was-asked other-agency northmoor-council': '4',
        'was-asked-outside reason safety-of-somebody': '1',
      });
      expect(await countsOf(world.officers.fire)).toEqual({});
    });

    it('tell no small number in the published variant, and no exact one', async () => {
      const { headers } = await got(council, `/v1/exports/statistics?month=${month}&variant=published`);
      expect(headers.get('content-disposition')).toContain(`gatehouse-published-statistics-northmoor-council-${month}`);
      const counts = Object.values(await countsOf(council, '&variant=published'));
      expect(new Set(counts)).toEqual(new Set(['5', '<5']));
    });

    it.each([
      ['/month', 'month=2026-13'],
      ['/month', ''],
      ['/variant', `month=2026-11&variant=secret`],
      ['', 'month=2026-11&agency=northmoor-nhs-trust'],
    ])('are not made when %s is at fault: %s', async (pointer, query) => {
      const { status, body } = await council('GET', `/v1/exports/statistics?${query}`);
      expect([status, body['pointers']]).toEqual([400, [pointer]]);
    });
  });

  describe('as the register of routine sharing', () => {
    it('lists what the agency discloses under agreements in force, by category of recipient, and how often', async () => {
      const rows = await tableOf(trust, `/v1/exports/routine-sharing?${PERIOD}`);
      const councils = rows.filter((row) => row['Category of recipient'] === 'council');
      expect(councils.map((row) => [row['Agreement'], row['Disclosures in the period']])).toEqual([
        ['Assessed needs of adults for social care in Northmoor (adult-care-assessed-needs, version 1)', '2'],
        ['Enquiries about adults at risk in Northmoor (adult-safeguarding, version 1)', '1'],
      ]);
      expect(councils[0]).toMatchObject({
        Recipient: 'Northmoor Metropolitan Borough Council (fictional)',
        Purposes: 'Assessing and meeting an adult’s needs for care and support',
        'How it is asked for': 'query',
      });
      expect(rows.some((row) => row['Category of recipient'] === 'fire and rescue')).toBe(true);
      const { text, headers } = await got(trust, `/v1/exports/routine-sharing?${PERIOD}&as=html`);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      );
      expect(text).toContain('<h1>Routine sharing by Northmoor Community and Mental Health NHS Trust (fictional)</h1>');
      expect(text).toContain('<h2>council</h2>');
    });

    it('has nothing of what the agency only receives', async () => {
      const rows = await tableOf(world.officers.fire, `/v1/exports/routine-sharing?${PERIOD}`);
      expect(rows).toEqual([]);
    });
  });

  it('lists what was erased by its place alone, in every form', async () => {
    const { ownerUrl } = world.gateway.database;
    const [{ index } = { index: 0 }] = await readLog(ownerUrl, world.exchanges.refused);
    const [body] = await runAsOwner(ownerUrl, 'DELETE FROM log_bodies WHERE log_index = $1 RETURNING *', [index]);
    try {
      const row = (await tableOf(council)).find((one) => one['Log index'] === String(index))!;
      const told = Object.entries(row).filter(([, value]) => value !== '');
      expect(told.map(([column]) => column)).toEqual(['Line', 'Log index', 'What became of it', 'Leaf hash']);
      expect(row['What became of it']).toBe('erased');
      const event = (await eventsOf(council)).find(({ id }) => id === `log-${index}`);
      expect(fhirFaults(event)).toEqual([]);
      expect(JSON.stringify(event)).not.toContain(world.exchanges.refused);
      const month = new Date().toISOString().slice(0, 7);
      const counted = await tableOf(council, `/v1/exports/statistics?month=${month}`);
      expect(counted.find((one) => one['Value'] === 'erased')).toMatchObject({ Exchanges: '1' });
    } finally {
      const values = [index, body!['claims'], body!['detail'], body!['salt']];
      await runAsOwner(
        ownerUrl,
        'INSERT INTO log_bodies (log_index, claims, detail, salt) VALUES ($1, $2, $3, $4)',
        values,
      );
    }
  });

  it('are each recorded, with their form', async () => {
    const before = (await exportsRecorded()).length;
    const month = new Date().toISOString().slice(0, 7);
    for (const path of [
      `exchanges?${PERIOD}`,
      `audit-events?${PERIOD}`,
      `audit-event-bundle?${PERIOD}`,
      `statistics?month=${month}`,
      `statistics?month=${month}&variant=published`,
      `routine-sharing?${PERIOD}`,
    ]) {
      await got(council, `/v1/exports/${path}`);
    }
    expect((await exportsRecorded()).slice(before)).toEqual([
      'exchanges',
      'audit-events',
      'audit-event-bundle',
      'statistics',
      'published-statistics',
      'routine-sharing',
    ]);
  });

  it('calculate nothing in a spreadsheet and run nothing in a browser, whatever an agency calls itself', async () => {
    const formula = `=cmd|'/C calc'!A0`;
    const script = '<script>alert(1)</script>';
    await world.gateway.define({
      edit: (file, text) =>
        file === 'agencies.yaml'
          ? text
              .replace(/^name: Northmoor Community.*$/m, `name: "${formula}"`)
              .replace(/^name: Northmoor Metropolitan.*$/m, `name: "${script}"`)
          : text,
      add: SAFEGUARDING,
    });
    // The register of a replica is at most about a second old.
    const tableText = async () => (await got(council, `/v1/exports/exchanges?${PERIOD}`)).text;
    await until(async () => (await tableText()).includes('calc'));
    const text = await tableText();
    expect(text).toContain(`"'${formula}"`);
    expect(text).not.toContain(`"${formula}`);
    const page = await got(trust, `/v1/exports/routine-sharing?${PERIOD}&as=html`);
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toContain('<script');
    const form = await got(trust, `/v1/exchanges/${world.exchanges.partly}/decision-form`);
    expect(form.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(form.text).not.toContain('<script');
  });
});
