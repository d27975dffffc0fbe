import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { parse } from 'yaml';
import { WEEKDAYS, type Agreement } from '../../../src/agreements/index.js';
import { projectFolder, systemClock } from '../../../src/config/index.js';
import { candidateRegister, readDefinitions, readStoredDefinitions } from '../../../src/definitions/index.js';
import { DisclosureProjection } from '../../../src/disclosures/disclosures.module.js';
import { readCandidates, simulateDecisions, type Simulation } from '../../../src/exchange/index.js';
import { restateFacts } from '../../../src/exchange/restate-facts.js';
import { projectLegalBases } from '../../../src/legal-bases/index.js';
import {
  preparePolicies,
  readPolicyFiles,
  type DisclosureFacts,
  type WordedDecision,
} from '../../../src/policy/index.js';
import { startCommand, type Ended } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { openDatabaseLine } from '../../support/database-line.js';
import { playEveryRequest } from '../../support/every-request/index.js';
import { needsPermission, type Call } from '../../support/gateway.js';
import { makeNhsNumber, PERSON_RECORD, PERSON_RECORD_DEFINITIONS } from '../../support/person-record.js';
import { json } from '../../support/supplier-stub.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const HOUSEHOLD = 'northmoor-nhs-trust/household';
const STACK = '[ukgdpr-6-1-e, care-2014-s6, ukgdpr-9-2-h, dpa-sch1-para2, cldc-explicit-consent]';

const item = (id: string, confidential: boolean): string => `
  - { id: ${id}, name: The ${id}, sensitivity: standard, confidential: ${confidential}, schema: { type: string }, select: $.${id} }`;
const service = (petsAreConfidential = false): string => `
kind: DataService
id: ${HOUSEHOLD}
agency: northmoor-nhs-trust
name: Household
description: Who lives with somebody, and with what.
identifierTypes: [nhs-number]
items:${item('carers', true)}${item('tenants', true)}${item('keys', false)}${item('pets', petsAreConfidential)}
connector:
  kind: http-json
  baseUrl: \${SANDBOX_SUPPLIERS}/household
  method: GET
  path: /people/{identifier:nhs-number}
  credential: { method: none }
`;

const leg = (id: string, items: string, more = ''): string => `
  - id: ${id}
    from: northmoor-nhs-trust
    to: northmoor-council
    dataService: ${HOUSEHOLD}
    items: [${items}]
    purposes: [adult-social-care]
    patterns: [query]
    roles: [social-worker]
    identifierTypes: [nhs-number]
    caseReferences: [{ kind: case, pattern: '^ASC-[0-9]{4}-[0-9]{5}$' }]
    legalBasis: ${STACK}
    unmatched: uniform
${more}`;
const agreement = (id: string, legs: string): string => `
kind: Agreement
id: ${id}
version: 1
title: Households of adults
parties: [northmoor-council, northmoor-nhs-trust]
purposes: [adult-social-care]
startsOn: 2026-01-01
endsOn: 2046-12-31
reviewOn: 2046-06-30
retention: { requester: Eight years., logBodyYears: 8 }
policyDocument: { reference: APD-1, reviewOn: 2046-01-01, retentionSummary: Eight years. }
legs:${legs}`;

/** A day on which none of the test runs, if it does not run for days. */
const ANOTHER_DAY = WEEKDAYS[(new Date().getUTCDay() + 2) % 7];
const TERMS = {
  assurance: '    assurance: { accepts: [verified], reviews: [provisional] }\n',
  hours: `    hours: { days: [${ANOTHER_DAY}], from: '09:00', until: '17:00' }\n`,
  override: `    override:
      authorisedBy: [social-work-manager]
      reasons: [consent-cannot-be-given]
      legalBasis: [ukgdpr-6-1-e, care-2014-s6]
      reviewWithinDays: 7
`,
};
const household = agreement(
  'household',
  leg('carers', 'carers', TERMS.assurance) + leg('keys', 'keys', TERMS.hours + TERMS.override) + leg('pets', 'pets'),
);
/** Two that decide otherwise about the same, so that nobody decides by itself. */
const tenants = (id: string, role = 'social-worker'): string =>
  agreement(id, leg('tenants', 'tenants').replace('[social-worker]', `[${role}]`));
const DEFINITIONS = {
  ...PERSON_RECORD_DEFINITIONS,
  'household.yaml': service(),
  'household.agreement.yaml': household,
  'tenants-a.agreement.yaml': tenants('tenants-a'),
  'tenants-b.agreement.yaml': tenants('tenants-b', 'housing-officer'),
};
const personRecord = PERSON_RECORD_DEFINITIONS['person-record.agreement.yaml'];

describe('what recorded decisions would have been under other agreements', () => {
  let gateway: SuppliedGateway;
  let dataSource: DataSource;
  let folder: string;
  beforeAll(async () => {
    const line = await openDatabaseLine();
    gateway = await startSuppliedGateway({ add: DEFINITIONS }, {}, systemClock, line);
    await playEveryRequest(gateway, line);
    await askAboutHouseholds(gateway, await gateway.as('northmoor-council-adult-care'));
    // INVARIANT: 6. Whatever a simulation does, it cannot write here.
    const options = '-c default_transaction_read_only=on';
    dataSource = await new DataSource({
      type: 'postgres',
      url: gateway.database.applicationUrl,
      extra: { options },
    }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await gateway.stop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-candidates-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (file: string, text: string): Promise<void> => writeFile(path.join(folder, file), text);
  const simulate = async (options: { last?: number } = {}): Promise<Simulation> =>
    simulateDecisions(dataSource, await readCandidates(folder), options, '2026-11-22');
  /** Simulates one agreement, as its second version. */
  const simulateOne = async (text: string): Promise<Simulation> => {
    await write('candidate.agreement.yaml', text.replace('version: 1', 'version: 2'));
    return simulate();
  };
  const changed = (text: string, from: string, to: string): string => {
    if (!text.includes(from)) throw new Error(`there is no ${from}`);
    return text.replace(from, to);
  };
  const outcomesOf = ({ differences }: Simulation): string[] => [
    ...new Set(differences.map(({ recorded, replayed }) => `${recorded.outcome} -> ${worded(replayed)}`)),
  ];
  const worded = (decision: WordedDecision | string): string =>
    typeof decision === 'string' ? decision : [decision.outcome, ...decision.reasonCodes].join(' ');
  const assumptionsOf = ({ differences }: Simulation): string[] => [
    ...new Set(differences.flatMap(({ assumptions }) => assumptions)),
  ];
  const sql = <Row extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]> =>
    runAsOwner<Row>(gateway.database.ownerUrl, text, values);
  const recorded = async (dataService: string): Promise<number> => {
    const [row] = await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM log_entries JOIN log_bodies USING (log_index)
       JOIN decision_facts ON hash = detail::jsonb ->> 'factsHash'
       WHERE kind = 'decision' AND content::jsonb ->> 'dataService' = $1
         AND content::jsonb #>> '{requester,agency}' = 'northmoor-council'`,
      [dataService],
    );
    return row!.n;
  };

  it('are the same under the agreements of the time, whatever was decided', async () => {
    const rows = await sql<{ document: Agreement }>('SELECT document FROM agreements');
    for (const { document } of rows) {
      await write(`${document.id}.agreement.json`, JSON.stringify({ kind: 'Agreement', ...document }));
    }
    const simulation = await simulate();
    expect(simulation.differences).toEqual([]);
    expect(simulation.restated).toBe((await recorded(HOUSEHOLD)) + (await recorded(PERSON_RECORD)));
    const outcomes = await sql<{ outcome: string }>(
      `SELECT DISTINCT claims::jsonb #>> '{decision,outcome}' AS outcome FROM log_bodies WHERE detail::jsonb ->> 'factsHash' IS NOT NULL`,
    );
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['permit', 'permit-partial', 'deny']));
  });

  it('are made on the very same facts under the agreements of the time, and nothing is assumed', async () => {
    const rows = await sql<{ content: string; document: Agreement }>(
      `SELECT content, document FROM decision_facts JOIN agreements ON agreements.hash = content::jsonb #>> '{agreement,hash}'`,
    );
    const { definitions } = await readDefinitions(path.join(gateway.varFolder, 'sandbox', 'definitions'));
    const candidates = candidateRegister(definitions, await readStoredDefinitions(dataSource));
    const catalogue = projectLegalBases();
    for (const { content, document } of rows) {
      const facts = JSON.parse(content) as DisclosureFacts;
      const restated = restateFacts(facts, new Date(0), document, { candidates, catalogue, hasOthers: () => true });
      expect(restated).toEqual({ facts, assumptions: [] });
      // That a party had suspended this text stays so.
      const suspended = { ...facts, agreement: { ...facts.agreement!, state: 'ended' as const } };
      const again = restateFacts(suspended, new Date(0), document, { candidates, catalogue, hasOthers: () => true });
      expect(again).toEqual({ facts: suspended, assumptions: [] });
    }
    const said = rows.map(({ content }) => content).join();
    const rare = [
      '"conflicts":true',
      '"outsideHours":true',
      '"accepted":true',
      '"accepted":false',
      '"objection":true',
      '"assurance":"not-accepted"',
      '"assurance":"to-be-reviewed"',
      '"leg":null',
    ];
    expect(rare.filter((fact) => !said.includes(fact))).toEqual([]);
  });

  it('are the same under a new version of the same terms, but where two agreements stood against each other', async () => {
    const { restated, differences } = await simulateOne(household.replace('Households', 'The households'));
    expect(restated).toBe(await recorded(HOUSEHOLD));
    // Where two agreements stood against each other, the candidate is found in the place of one of them.
    expect(differences.filter(({ recorded: { reasonCodes } }) => !reasonCodes.includes('REVIEW_HUMAN'))).toEqual([]);
  });

  it('would be refused where the candidate drops an item', async () => {
    const simulation = await simulateOne(changed(personRecord, '[identity, address, notes]', '[identity, address]'));
    expect(new Set(outcomesOf(simulation).filter((one) => !one.startsWith('deny')))).toEqual(
      new Set(['permit -> deny DENY_NO_LEGAL_BASIS', 'permit-partial -> deny DENY_NO_LEGAL_BASIS']),
    );
    expect(assumptionsOf(simulation)).toEqual([]);
  });

  it('would be refused where the candidate drops the leg, and no other agreement is thought of', async () => {
    const withoutQuery = personRecord.replace(/\n {2}- id: query[^]*?(?=\n {2}- id: referral)/, '');
    const simulation = await simulateOne(withoutQuery.replaceAll('person-record\n    items', 'other\n    items'));
    expect(simulation.restated).toBe(await recorded(PERSON_RECORD));
    expect(outcomesOf(simulation)).toContain('permit -> deny DENY_RECIPIENT_NOT_PARTY');
    expect(outcomesOf(simulation).every((one) => one.endsWith('deny DENY_RECIPIENT_NOT_PARTY'))).toBe(true);
    expect(assumptionsOf(simulation)).toEqual([
      'no other agreement is found in the place of the candidate, which has no leg for this any more',
    ]);
  });

  it('would be permitted where the candidate adds an item, whose permission was asked for', async () => {
    const simulation = await simulateOne(
      changed(personRecord, '[identity, address, notes]', '[identity, address, notes, referrals]'),
    );
    expect(outcomesOf(simulation)).toEqual(['deny -> permit PERMIT']);
    expect(simulation.differences[0]?.replayed).toMatchObject({
      items: [{ dataItem: 'referrals', outcome: 'permit' }],
    });
  });

  it('would withhold an added item whose permission was not asked for', async () => {
    const added = await simulateOne(changed(household, 'items: [pets]', 'items: [pets, tenants]'));
    const [withheld] = added.differences.filter(({ recorded: { items } }) => items.length === 2);
    expect(withheld?.replayed).toMatchObject({
      outcome: 'permit-partial',
      items: [
        { dataItem: 'pets', outcome: 'permit' },
        { dataItem: 'tenants', outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'] },
      ],
    });
    expect(withheld?.assumptions).toEqual(
      expect.arrayContaining([
        'tenants: a permission that was not asked for counts as not given (confidentiality)',
        'tenants: how the person was named would have been accepted',
        'tenants: the case reference would have been accepted',
      ]),
    );
  });

  it('find a new agreement in the place of that of the time, and say so', async () => {
    const simulation = await simulateOne(agreement('visits', leg('all', 'carers, pets, tenants')));
    expect(outcomesOf(simulation)).toContain('permit -> deny DENY_NO_LEGAL_BASIS');
    for (const { assumptions } of simulation.differences) {
      expect(assumptions).toContainEqual(
        expect.stringMatching(/^the candidate is found in the place of (household|tenants-a)$/),
      );
    }
  });

  it('would be refused where the candidate narrows the roles, and permitted where it widens them', async () => {
    const narrower = await simulateOne(personRecord.replaceAll('[social-worker]', '[occupational-therapist]'));
    expect(outcomesOf(narrower)).toContain('permit -> deny DENY_RECIPIENT_CONDITION');
    const wider = await simulateOne(personRecord.replaceAll('[social-worker]', '[social-worker, receptionist]'));
    expect(outcomesOf(wider)).toEqual(['deny -> permit PERMIT']);
  });

  it('would be refused where the candidate lacks a legal basis, which lint says too', async () => {
    const simulation = await simulateOne(personRecord.replaceAll('care-2014-s6, ', ''));
    expect(outcomesOf(simulation)).toContain('permit -> deny DENY_NO_LEGAL_BASIS');
    expect(simulation.findings.map(({ reason }) => reason).join('\n')).toMatch(
      /^error: .*a power or duty to disclose/m,
    );
  });

  it('would be refused where the candidate ended before', async () => {
    const simulation = await simulateOne(changed(personRecord, 'endsOn: 2046-12-31', 'endsOn: 2026-01-31'));
    expect(outcomesOf(simulation)).toContain('permit -> deny DENY_NO_LEGAL_BASIS');
    expect(outcomesOf(simulation).filter((one) => one.includes('-> permit'))).toEqual([]);
  });

  it('would be refused where the candidate asks for a permission that was not asked for', async () => {
    await write('household.yaml', service(true));
    const simulation = await simulateOne(household);
    const alone = simulation.differences.filter(
      ({ recorded: { outcome, items } }) => outcome === 'permit' && items.length === 1 && items[0]?.dataItem === 'pets',
    );
    expect(alone.map(({ recorded: { outcome }, replayed }) => [outcome, worded(replayed)])).toEqual([
      ['permit', 'deny DENY_CONSENT_REQUIRED'],
    ]);
    expect(alone[0]?.assumptions).toContain(
      'pets: a permission that was not asked for counts as not given (confidentiality)',
    );
  });

  it('take the requester for as unsure as it can have been, and say so', async () => {
    const asked = personRecord.replaceAll('unmatched: uniform', `unmatched: uniform\n${TERMS.assurance.trimEnd()}`);
    const simulation = await simulateOne(asked);
    expect(outcomesOf(simulation)).toContain('permit -> deny REVIEW_HUMAN');
    expect(assumptionsOf(simulation)).toContain('notes: the requester was as unsure as it can have been');
    // Where the leg told verified apart, that much is known.
    const onlyVerified = await simulateOne(changed(household, ', reviews: [provisional]', ''));
    const changes = onlyVerified.differences.map(({ recorded, replayed }) => [worded(recorded), worded(replayed)]);
    expect(changes).toContainEqual(['permit REVIEW_HUMAN', 'deny REVIEW_HUMAN']);
    expect(changes.map(([before]) => before)).not.toContain('permit PERMIT');
    expect(assumptionsOf(onlyVerified).filter((one) => one.includes('unsure'))).toEqual([]);
  });

  it('judge new hours by the time at which a decision was recorded', async () => {
    const opened = await simulateOne(changed(household, TERMS.hours, ''));
    expect(outcomesOf(opened)).toContain('deny -> permit PERMIT');
    const closed = await simulateOne(changed(household, TERMS.assurance, TERMS.assurance + TERMS.hours));
    expect(outcomesOf(closed)).toContain('permit -> deny DENY_RECIPIENT_CONDITION');
    expect(assumptionsOf(closed)).toContain(
      'carers: the hours are judged by the time at which the decision was recorded',
    );
  });

  it('accept no override under other terms', async () => {
    const simulation = await simulateOne(
      changed(household, '[social-work-manager]', '[social-work-manager, director]'),
    );
    expect(outcomesOf(simulation)).toContain('permit -> deny DENY_RECIPIENT_CONDITION');
    expect(simulation.differences[0]?.recorded.reasonCodes).toEqual(['PERMIT_STATUTORY_OVERRIDE']);
    expect(assumptionsOf(simulation)).toContain(
      'keys: the override that was invoked is not accepted under the candidate’s terms',
    );
  });

  describe('is a command', () => {
    const command = (...args: string[]): Promise<Ended> =>
      startCommand(['policy', 'simulate', '--with', folder, ...args], {
        DATABASE_URL: gateway.database.applicationUrl,
      }).ended;
    const dropsAnItem = (): Promise<void> =>
      write('candidate.agreement.yaml', personRecord.replace('[identity, address, notes]', '[identity, address]'));

    /** Every row of every table, once those that follow the log by themselves have done so. */
    const everything = async (): Promise<unknown> => {
      await gateway.sandbox.gateway.app.get(DisclosureProjection).reading(async () => undefined);
      const tables = await sql<{ name: string }>(
        `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
      );
      return Promise.all(
        tables.map(async ({ name }) => [
          name,
          await sql(`SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM ${name} t`),
        ]),
      );
    };

    it('that says what would change, on which assumptions, and writes nothing', async () => {
      await write('candidate.agreement.yaml', personRecord.replaceAll('care-2014-s6, ', ''));
      const before = await everything();
      const { code, stdout, stderr } = await command();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await everything()).toEqual(before);
      expect(stdout).toMatch(/^candidate\.agreement\.yaml:\d+: error: /m);
      expect(stdout).toMatch(/^ {2}permit PERMIT: identity permit .*-> {2}deny DENY_NO_LEGAL_BASIS: identity deny/m);
      expect(stdout).toMatch(
        /\n\d+ decisions under person-record version 1: [1-9]\d* would change\.\n {2}\d+ would be the same\n {2}0 would be permitted\n {2}[1-9]\d* would be refused\n {2}\d+ would change in part\nThe agreements have a say in [1-9]\d* of them\.\n$/,
      );
    });

    it('that tells programs the same', async () => {
      await dropsAnItem();
      const { code, stdout } = await command('--json');
      const { decisions, counts, agreements, changes } = JSON.parse(stdout) as {
        decisions: number;
        counts: Record<string, number>;
        agreements: unknown;
        changes: { from: WordedDecision; to: WordedDecision; assumptions: string[] }[];
      };
      expect(code).toBe(0);
      expect(agreements).toEqual([{ id: 'person-record', version: 1 }]);
      expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(decisions);
      expect(changes).toHaveLength(decisions - counts['same']!);
      expect(counts['refused']).toBe(changes.filter(({ from }) => from.outcome !== 'deny').length);
      expect(changes[0]).toMatchObject({ from: { outcome: 'permit' }, to: { outcome: 'deny' }, assumptions: [] });
    });

    it('that takes policies and agreements together', async () => {
      await cp(path.join(projectFolder(), 'consent-policies'), folder, { recursive: true });
      const refusals = path.join(folder, 'refusals.cedar');
      const nothingOfHouseholds = `
        @id("no-households")
        @reason("DENY_NOT_NECESSARY")
        forbid (principal, action == Gatehouse::Action::"disclose", resource == Gatehouse::DataItem::"${HOUSEHOLD}#pets");
      `;
      await writeFile(refusals, (await readFile(refusals, 'utf8')) + nothingOfHouseholds);
      const { version } = preparePolicies(readPolicyFiles(folder));
      const ended = changed(personRecord, 'endsOn: 2046-12-31', 'endsOn: 2026-01-31');
      const value: unknown = parse(ended);
      // A definition in JSON stands where policies do, and is none.
      await write('candidate.agreement.json', JSON.stringify(value));
      const { code, stdout } = await command();
      expect(code).toBe(0);
      expect(stdout).toContain(` decisions under ${version}, person-record version 1: `);
      expect(stdout).toContain('->  deny DENY_NOT_NECESSARY');
      expect(stdout).toContain('->  deny DENY_NO_LEGAL_BASIS');
    });

    it('that says so where there is nothing to simulate', async () => {
      await write('notes.yaml', 'title: Not a definition\n');
      const { code, stdout, stderr } = await command();
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(`${folder} holds neither policies nor an agreement: there is nothing to simulate.\n`);
    });

    it('that stops at what is no agreement', async () => {
      await write('candidate.agreement.yaml', personRecord.replace('parties:', 'partners:'));
      const { code, stderr } = await command();
      expect(code).toBe(1);
      expect(stderr).toMatch(/^candidate\.agreement\.yaml:\d+: /);
    });
  });
});

/** Asks about households on every term of their agreements. */
async function askAboutHouseholds(gateway: SuppliedGateway, council: Call): Promise<void> {
  const ask = async (of: {
    dataItems: string[];
    mayShare?: boolean;
    objects?: boolean;
    assurance?: string;
    override?: object;
  }): Promise<unknown> => {
    const { mayShare = true, objects = false, ...change } = of;
    const number = makeNhsNumber();
    gateway.holds.set(number, json({ carers: 'one', keys: 'two', pets: 'three', tenants: 'four' }));
    if (mayShare) await council('POST', '/v1/permissions', needsPermission(number, { items: [`${HOUSEHOLD}#*`] }));
    const subject = { identifiers: [{ type: 'nhs-number', value: number }] };
    if (objects) {
      const sharing = {
        subject,
        purpose: 'adult-social-care',
        recipients: ['northmoor-council'],
        items: [`${HOUSEHOLD}#*`],
      };
      await council('POST', '/v1/objections', { ...sharing, reason: 'confidentiality' });
    }
    const { body } = await council('POST', '/v1/queries', {
      dataService: HOUSEHOLD,
      purpose: 'adult-social-care',
      subject,
      caseReference: 'ASC-1234-12345',
      requestedBy: { staffId: 'sw-4711', role: 'social-worker' },
      ...change,
    });
    const { decision } = body as { decision?: { outcome: string; reasonCodes: string[] } };
    return [decision?.outcome, ...(decision?.reasonCodes ?? [])].join(' ');
  };
  const override = (role: string) => ({
    dataItems: ['keys'],
    override: { reason: 'consent-cannot-be-given', authorisedBy: { staffId: 'm-1', role } },
  });
  const carers = { dataItems: ['carers'] };
  expect(await ask({ ...carers, assurance: 'verified' })).toBe('permit PERMIT');
  expect(await ask({ ...carers, assurance: 'provisional' })).toBe('permit REVIEW_HUMAN');
  expect(await ask(carers)).toBe('deny REVIEW_HUMAN');
  expect(await ask(override('social-work-manager'))).toBe('permit PERMIT_STATUTORY_OVERRIDE');
  expect(await ask(override('clerk'))).toBe('deny DENY_RECIPIENT_CONDITION');
  expect(await ask({ dataItems: ['keys'] })).toBe('deny DENY_RECIPIENT_CONDITION');
  expect(await ask({ dataItems: ['pets'], mayShare: false })).toBe('permit PERMIT');
  expect(await ask({ dataItems: ['pets'], objects: true })).toBe('deny REVIEW_HUMAN');
  expect(await ask({ dataItems: ['pets', 'tenants'] })).toBe('deny DENY_NO_LEGAL_BASIS');
  expect(await ask({ dataItems: ['tenants'] })).toBe('deny REVIEW_HUMAN');
}
