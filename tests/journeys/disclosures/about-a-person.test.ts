import type { PersonDisclosurePage, SubjectAccessReport } from '../../../src/disclosures/index.js';
import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { subjectHandle, type Identifier } from '../../../src/subject-handles/index.js';
import { runAsOwner } from '../../support/database.js';
import { appendExchange, disclosed, type MadeUp } from '../../support/exchange-entries.js';
import { needsPermission, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { readPdf } from '../../support/read-pdf.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const NHS: Identifier = { type: 'nhs-number', value: '9990000018' };
const NINO: Identifier = { type: 'nino', value: 'NN123456C' };
const NOMS: Identifier = { type: 'noms-number', value: 'A1234AA' };
const HOME: Identifier = { type: 'uprn', value: '999900000001' };
const NEIGHBOUR: Identifier = { type: 'nhs-number', value: '9434765919' };

const PREMISES = 'northmoor-council/premises-risk';

/** Officers of roles that the sandbox has none of. */
const OFFICERS = {
  'more-officers.yaml': ['oversight', 'administrator']
    .flatMap((role) =>
      ['northmoor-council', 'northmoor-nhs-trust'].map(
        (agency) => `kind: Officer\nid: ${agency}-${role}\nagency: ${agency}\nroles: [${role}]\nkeys: []\n`,
      ),
    )
    .join('---\n'),
};

describe('what is known of a person', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  let trust: Call;
  let oversight: Call;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    gateway = await startSuppliedGateway({ add: OFFICERS });
    council = await gateway.as('northmoor-council-ig-1');
    trust = await gateway.as('northmoor-nhs-trust-ig-2');
    oversight = await gateway.as('northmoor-council-oversight');
    const { app } = gateway.sandbox.gateway;
    const key = gateway.sandbox.keys.subjectHandle;
    const about = (identifiers: Identifier[], more: MadeUp = {}): MadeUp => {
      const supplier = more.claims?.supplier ?? 'northmoor-nhs-trust';
      const view = (agency: string): string[] => identifiers.map((one) => subjectHandle(key, agency, one));
      const requester = more.claims?.requester?.agency ?? 'northmoor-council';
      return {
        ...more,
        detail: { subjectHandles: { requester: view(requester), supplier: view(supplier) }, ...more.detail },
      };
    };
    const given: MadeUp = {
      claims: {
        agreement: { id: 'adult-care-assessed-needs', version: 1, hash: 'made-up' },
        decision: {
          outcome: 'permit-partial',
          reasonCodes: ['PERMIT_PARTIAL_CONSENT_SCOPE'],
          policyVersion: 'made-up',
        },
        items: [
          { dataItem: 'care-coordinator', outcome: 'permit', reasonCodes: [], legalBasis: ['care-2014-s6'] },
          { dataItem: 'assessed-needs', outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'], legalBasis: [] },
        ],
      },
      outcome: disclosed('care-coordinator'),
    };
    const log = app.get(DisclosureLog);
    const make = async (name: string, madeUp: MadeUp) => (ids[name] = await appendExchange(log, madeUp));
    await make('by NHS number', about([NHS], given));
    await make('by both', about([NHS, NINO]));
    await make('by NI number', about([NINO]));
    await make('by both others', about([NINO, NOMS]));
    await make('by prison number', about([NOMS]));
    await make('with the home', about([NHS, HOME], { claims: { dataService: PREMISES, supplier: 'northmoor-fire' } }));
    await make(
      'of a neighbour',
      about([NEIGHBOUR, HOME], { claims: { dataService: PREMISES, supplier: 'northmoor-fire' } }),
    );
    await make(
      'of others',
      about([NHS], {
        claims: {
          supplier: 'northmoor-fire',
          requester: { agency: 'eastvale-council', system: 's', staffId: 'x1', role: 'r1' },
        },
      }),
    );
    await make('by the police', about([NHS], { claims: { purpose: 'law-enforcement' } }));
    await make(
      'for the police',
      about([NHS], {
        claims: {
          decision: { outcome: 'permit', reasonCodes: ['PERMIT'], policyVersion: 'made-up' },
          items: [{ dataItem: 'risk-summary', outcome: 'permit', reasonCodes: [], legalBasis: ['dpa-part3-s31-s35'] }],
        },
        outcome: disclosed('risk-summary'),
      }),
    );
  });
  afterAll(() => gateway.stop({ forged: true }));

  const subject = (...identifiers: Identifier[]) => ({ subject: { identifiers } });
  const search = async (call: Call, body: object): Promise<PersonDisclosurePage> => {
    const answer = await call('POST', '/v1/disclosures/search-by-subject', body);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer.body as unknown as PersonDisclosurePage;
  };
  const namesOf = ({ disclosures }: PersonDisclosurePage): string[] =>
    disclosures
      .map(({ exchangeId }) => Object.entries(ids).find(([, id]) => id === exchangeId)?.[0] ?? exchangeId)
      .sort();
  const report = (accept: string, body: object = subject(NHS), call = council): Promise<Answer> =>
    call('POST', '/v1/subject-access-reports', body, { accept });

  const EVERYTHING = [
    'by NHS number',
    'by both',
    'by NI number',
    'by both others',
    'by prison number',
    'by the police',
    'for the police',
    'with the home',
  ].sort();

  it('is found under every identifier that an exchange used together with another', async () => {
    for (const identifier of [NHS, NINO, NOMS]) {
      const found = await search(council, subject(identifier));
      expect(namesOf(found)).toEqual(EVERYTHING);
      expect([found.count, found.identifiersLinked]).toEqual([8, 2]);
    }
    expect((await search(council, subject(NHS, NINO))).identifiersLinked).toBe(1);
  });

  it('is not mixed with that of others who share a place', async () => {
    expect(namesOf(await search(council, subject(HOME)))).toEqual(['of a neighbour', 'with the home']);
    expect(namesOf(await search(council, subject(NEIGHBOUR)))).toEqual(['of a neighbour']);
  });

  it('is each agency’s own', async () => {
    const found = await search(trust, subject(NHS));
    expect(namesOf(found)).toEqual(EVERYTHING.filter((name) => name !== 'with the home'));
    const fire = await gateway.as('northmoor-fire-ig-1');
    expect(namesOf(await search(fire, subject(NHS)))).toEqual(['of others', 'with the home']);
    expect(namesOf(await search(await gateway.as('eastvale-council-ig-1'), subject(NHS)))).toEqual(['of others']);
  });

  it('is read page after page', async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: PersonDisclosurePage = await search(council, {
        ...subject(NHS),
        limit: 3,
        ...(cursor !== null && { cursor }),
      });
      expect(page.count).toBe(8);
      found.push(...page.disclosures.map(({ exchangeId }) => exchangeId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(found.length).toBe(8);
    expect(new Set(found).size).toBe(8);
  });

  it('is not looked for by what is no identifier, and never in a URL', async () => {
    const wrong = await council('POST', '/v1/disclosures/search-by-subject', subject({ ...NHS, value: '9990000019' }));
    expect([wrong.status, wrong.body]).toEqual([400, expect.objectContaining({ code: 'IDENTIFIER_INVALID' })]);
    expect(wrong.text).not.toContain('9990000019');
    expect((await council('GET', '/v1/disclosures?nhs-number=9990000018')).status).toBe(400);
    const place = await report('application/json', subject(NHS, HOME));
    expect([place.status, place.body['pointers']]).toEqual([400, ['/subject/identifiers/1/type']]);
  });

  it('is looked for by officers and reviewers alone; what was left out is for oversight alone', async () => {
    const administrator = await gateway.as('northmoor-council-administrator');
    const system = await gateway.as('northmoor-council-adult-care');
    const callers = { officer: council, reviewer: trust, oversight, administrator, system };
    const routes: [string, string, unknown, (keyof typeof callers)[]][] = [
      ['GET', '/v1/disclosures', undefined, ['officer', 'reviewer', 'oversight']],
      ['GET', `/v1/disclosures/${ids['by both']}`, undefined, ['officer', 'reviewer', 'oversight']],
      ['POST', '/v1/disclosures/search-by-subject', subject(NHS), ['officer', 'reviewer']],
      ['POST', '/v1/subject-access-reports', subject(NHS), ['officer', 'reviewer']],
      ['GET', '/v1/subject-access-reports', undefined, ['oversight']],
      ['GET', `/v1/subject-access-reports/${ids['by both']}/withheld`, undefined, ['oversight']],
    ];
    for (const [method, path, body, allowed] of routes) {
      for (const [who, call] of Object.entries(callers)) {
        const { status, body: answer } = await call(method, path, body);
        const came = [path, who, status, answer['code']];
        if ((allowed as string[]).includes(who)) expect([401, 403]).not.toContain(status);
        else expect(came).toEqual([path, who, 403, 'ROLE_NOT_ALLOWED']);
      }
    }
  });

  it('stands in the log as a look-up, by handles in the view of the agency', async () => {
    await search(trust, subject(NHS, NINO));
    const [entry] = (await readLog(gateway.database.ownerUrl))
      .filter(({ kind }) => kind === 'person-searched')
      .slice(-1);
    const key = gateway.sandbox.keys.subjectHandle;
    expect(entry).toMatchObject({
      claims: { searchedBy: { agency: 'northmoor-nhs-trust', officer: 'northmoor-nhs-trust-ig-2' }, found: 7 },
      detail: { subjectHandles: [NHS, NINO].map((one) => subjectHandle(key, 'northmoor-nhs-trust', one)) },
    });
  });

  it('is not told when the look-up cannot be recorded', async () => {
    const role = new URL(gateway.sandbox.databaseUrl).username;
    await runAsOwner(gateway.database.ownerUrl, `REVOKE INSERT ON log_bodies FROM ${role}`);
    const answers = [
      await council('GET', '/v1/disclosures'),
      await council('GET', `/v1/disclosures/${ids['by both']}`),
      await council('POST', '/v1/disclosures/search-by-subject', subject(NHS)),
      await report('application/pdf'),
      await oversight('GET', '/v1/subject-access-reports'),
    ];
    await runAsOwner(gateway.database.ownerUrl, `GRANT INSERT ON log_bodies TO ${role}`);
    for (const { status, body } of answers) expect([status, body['code']]).toEqual([503, 'LOG_UNAVAILABLE']);
    for (const { text } of answers) for (const id of Object.values(ids)) expect(text).not.toContain(id);
    while ((await report('application/json')).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  describe('in a report for the person', () => {
    beforeAll(async () => {
      const records = await gateway.as('northmoor-council-adult-care');
      expect((await records('POST', '/v1/permissions', needsPermission())).status).toBe(201);
      const items = ['northmoor-nhs-trust/assessed-needs#*'];
      const concerns = { purpose: 'adult-social-care', recipients: ['northmoor-council'], items };
      const objection = await records('POST', '/v1/objections', {
        ...subject(NHS),
        ...concerns,
        reason: 'confidentiality',
      });
      const heldBack = await records('POST', '/v1/hold-backs', {
        ...subject(NHS),
        ...concerns,
        reason: 'prejudice-to-enquiry',
        decidedBy: { staffId: 'sw-4711', role: 'social-worker' },
      });
      expect([objection.status, heldBack.status]).toEqual([201, 201]);
      ids['held back'] = String(heldBack.body['id']);
    });

    it('is in plain words, and names no member of staff', async () => {
      const { status, body, text } = await report('application/json');
      expect(status).toBe(200);
      const { disclosures, permissions, statements } = body as unknown as SubjectAccessReport;
      expect(disclosures.find(({ reference }) => reference === ids['by NHS number'])).toEqual({
        reference: ids['by NHS number'],
        at: '2026-11-22T09:00:00.000Z',
        when: '22 November 2026 at 09:00 (Greenwich Mean Time)',
        askedBy: 'Northmoor Metropolitan Borough Council (fictional)',
        role: 'social worker',
        askedOf: 'Northmoor Community and Mental Health NHS Trust (fictional)',
        purpose: 'Assessing and meeting an adult’s needs for care and support',
        whatHappened: 'Some of what was asked for was given.',
        given: ["Who coordinates the person's care"],
        notGiven: ['Needs for care and support as last assessed'],
        law: ['A council and its relevant partners must co-operate in care and support functions.'],
        agreement: 'Assessed needs of adults for social care in Northmoor',
        withoutPermission: false,
      });
      expect(permissions).toMatchObject([
        { said: 'Agreed', saidBy: 'You', state: expect.stringContaining('Stands until') },
      ]);
      expect(statements).toMatchObject([{ kind: 'objection', says: 'do not share', state: 'Stands.' }]);
      expect(text).not.toMatch(/sw-4711|tr-0815|9990000018/);
    });

    it('leaves out what was processed for law enforcement and what is exempt, without a word of it', async () => {
      const { body, text } = await report('application/json');
      const { disclosures, about } = body as unknown as SubjectAccessReport;
      expect(new Set(disclosures.map(({ reference }) => reference))).toEqual(
        new Set(EVERYTHING.filter((name) => !name.includes('police')).map((name) => ids[name])),
      );
      for (const name of ['by the police', 'for the police', 'held back']) expect(text).not.toContain(ids[name]);
      expect(text).not.toMatch(/police|law enforcement|hold.back|withheld/i);
      const nobody = await report('application/json', subject(NEIGHBOUR));
      expect(nobody.body['about']).toEqual(about);
    });

    it('shows oversight what was left out, which is on record with the report', async () => {
      const { body } = await report('application/json');
      const { body: withheld } = await oversight('GET', `/v1/subject-access-reports/${String(body['id'])}/withheld`);
      expect(withheld).toMatchObject({
        id: body['id'],
        officer: 'northmoor-council-ig-1',
        disclosures: 6,
        withheld: 3,
      });
      expect((withheld['withheldDisclosures'] as string[]).toSorted()).toEqual(
        ['by the police', 'for the police'].map((name) => String(ids[name])).sort(),
      );
      expect(withheld['withheldStatements']).toEqual([ids['held back']]);
      const list = await oversight('GET', '/v1/subject-access-reports');
      expect((list.body['reports'] as object[])[0]).toMatchObject({ id: body['id'], withheld: 3 });
      const entries = await readLog(gateway.database.ownerUrl);
      expect(entries.filter(({ kind }) => kind === 'subject-access-reported').at(-1)).toMatchObject({
        claims: { report: body['id'], disclosures: 6, withheld: 3 },
        detail: { withheldStatements: [ids['held back']] },
      });
      expect(entries.at(-2)).toMatchObject({
        kind: 'disclosures-searched',
        claims: { filters: ['subject-access-reports', 'report'] },
      });
    });

    it('shows oversight of another agency nothing: not theirs and not there look the same', async () => {
      const { body } = await report('application/json');
      const other = await gateway.as('northmoor-nhs-trust-oversight');
      const notTheirs = await other('GET', `/v1/subject-access-reports/${String(body['id'])}/withheld`);
      const notThere = await other('GET', `/v1/subject-access-reports/${ids['by both']}/withheld`);
      expect([notTheirs.status, notTheirs.text]).toEqual([404, notThere.text]);
      const { text } = await other('GET', '/v1/subject-access-reports');
      expect(text).not.toContain(String(body['id']));
      expect(text).not.toContain('northmoor-council-ig-1');
    });

    it('goes as far as the time that is asked for', async () => {
      const { body } = await report('application/json', { ...subject(NHS), from: '2026-11-22T09:00:00.001Z' });
      expect(body['disclosures']).toEqual([]);
    });

    it('is a table too, in which no cell is a formula', async () => {
      const { status, headers, text } = await report('text/csv;q=0.9, application/json;q=0.1');
      expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="what-was-shared-[0-9a-f-]+\.csv"$/);
      expect(headers.get('cache-control')).toBe('no-store');
      const [head = '', ...lines] = text.trimEnd().split('\r\n');
      expect(head).toContain('"Who asked"');
      expect(lines.filter((line) => line.startsWith('"Information that was asked for"'))).toHaveLength(6);
      expect(text).not.toMatch(/"[=+\-@]/);
    });

    it('is an accessible PDF too: tagged, with a title, a language, headings and header cells', async () => {
      const { headers, bytes = Buffer.of() } = await report('application/pdf');
      expect(headers.get('content-type')).toBe('application/pdf');
      const pdf = readPdf(bytes);
      expect(pdf.catalogue).toMatch(/\/Lang \(en-GB\)/);
      expect(pdf.catalogue).toMatch(/\/MarkInfo/);
      expect(pdf.metadata).toContain('<pdfuaid:part>1</pdfuaid:part>');
      expect(pdf.title).toBe('What was shared about you: Northmoor Metropolitan Borough Council (fictional)');
      expect(pdf.pages).toBeGreaterThan(1);
      expect(pdf.story.filter((type) => type === 'H3')).toHaveLength(6 + 1 + 1);
      expect(pdf.story.slice(0, 3)).toEqual(['Document', 'H1', 'P']);
      expect(pdf.headerCells.length).toBe(pdf.story.filter((type) => type === 'TR').length);
      for (const attributes of pdf.headerCells) expect(attributes).toMatch(/\/Scope \/Row/);
      expect(pdf.catalogue).toMatch(/\/StructTreeRoot/);
      expect(pdf.fontsEmbedded).toEqual([true, true]);
      expect(pdf.text).toContain('Some of what was asked for was given.');
      expect(pdf.text).toContain('Assessing and meeting an adult’s needs for care and support');
      expect(pdf.text).not.toMatch(/sw-4711|police|\ufffd/);
    });
  });

  it('leaves the log whole', async () => expect(await logFindings(gateway)).toEqual([]));
});
