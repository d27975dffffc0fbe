import { randomUUIDv7 as uuid } from 'node:crypto';
import { PERSON, startExportsWorld, type ExportsWorld } from '../../support/exports-world.js';
import type { Call } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';

const NOT_STATED = 'Not stated in the record.';

describe('a data sharing decision form', () => {
  let world: ExportsWorld;
  let council: Call;
  let trust: Call;
  beforeAll(async () => {
    world = await startExportsWorld();
    ({ council, trust } = world.officers);
  });
  afterAll(() => world.stop());

  const formOf = async (exchangeId: string, call: Call, as = 'markdown'): Promise<string> => {
    const answer = await call('GET', `/v1/exchanges/${exchangeId}/decision-form?as=${as}`);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer.text;
  };
  /** The answers by their questions. */
  const answersOf = async (exchangeId: string, call: Call): Promise<Record<string, string>> => {
    const rows = [...(await formOf(exchangeId, call)).matchAll(/^\| (.+?) \| (.+) \|$/gm)];
    return Object.fromEntries(rows.map(([, question = '', answer = '']) => [question, answer.replaceAll('\\', '')]));
  };

  it('asks everything that Annex B asks, in the order of the code', async () => {
    const answers = await answersOf(world.exchanges.partly, council);
    expect(Object.keys(answers).filter((question) => !['Question', '---'].includes(question))).toEqual([
      'Organisation receiving the request',
      'Organisation making the request',
      'Name and position of the person asking',
      'Date the request was received',
      'Description of the data requested',
      'Controller relationship',
      'Data sharing agreement in place',
      'Purpose of the sharing',
      'Why the sharing is necessary',
      'Lawful basis',
      'Conditions for special category data',
      'Conditions for criminal offence data',
      'Provisions of Part 3 (law enforcement processing)',
      'Legal power or duty to share',
      'Duty of confidence',
      'Data protection impact assessment considered, and its outcome',
      'View of the data protection officer',
      'Retention and deletion',
      'Security',
      'How the rights of individuals are met',
      'Date or intervals of the sharing',
      'Decision',
      'Data shared',
      'Reasons for sharing or not sharing',
      'Decision taken by',
      'Date of the decision',
      'Signed and dated',
    ]);
  });

  it('is filled from the record of a disclosure, and says what the record does not state', async () => {
    const answers = await answersOf(world.exchanges.partly, council);
    const [decision, outcome] = await readLog(world.gateway.database.ownerUrl, world.exchanges.partly);
    expect(answers).toMatchObject({
      'Organisation receiving the request': 'Northmoor Community and Mental Health NHS Trust (fictional)',
      'Organisation making the request': 'Northmoor Metropolitan Borough Council (fictional)',
      'Name and position of the person asking': 'social worker (staff id sw-4711)',
      'Date the request was received': decision!.claims.at,
      'Purpose of the sharing': 'Assessing and meeting an adult’s needs for care and support',
      'Legal power or duty to share': expect.stringContaining('Care Act 2014, s.6 (Co-operating generally)'),
      'Conditions for criminal offence data': 'None on record.',
      'Data protection impact assessment considered, and its outcome': NOT_STATED,
      'View of the data protection officer': NOT_STATED,
      'How the rights of individuals are met': NOT_STATED,
      'Date or intervals of the sharing': `Once, at ${outcome!.claims.at}.`,
      Decision: 'To share in part.',
      'Data shared': "Who coordinates the person's care",
      'Reasons for sharing or not sharing': expect.stringContaining('(DENY_CONSENT_REQUIRED)'),
      'Decision taken by': expect.stringContaining('The gateway, by rule'),
      'Signed and dated': expect.stringContaining(
        `entry ${decision!.index} (decision), entry ${outcome!.index} (outcome)`,
      ),
    });
    expect(answers['Data sharing agreement in place']).toContain('adult-care-assessed-needs, version 1, SHA-256');
    expect(answers['Retention and deletion']).not.toBe(NOT_STATED);
    expect(Object.values(answers).join()).not.toContain(PERSON);
  });

  it('is filled for a refusal, a request that was not understood, and an override', async () => {
    expect(await answersOf(world.exchanges.refused, council)).toMatchObject({
      Decision: 'Not to share.',
      'Data shared': 'None on record.',
      'Lawful basis': expect.stringMatching(/^Considered: /),
      'Date or intervals of the sharing': 'Nothing was shared.',
      'Data sharing agreement in place': expect.stringContaining('adult-care-assessed-needs, version 1'),
    });
    expect(await answersOf(world.exchanges.unread, council)).toMatchObject({
      'Organisation receiving the request': NOT_STATED,
      'Purpose of the sharing': NOT_STATED,
      'Data sharing agreement in place': 'None that covers this request.',
      'Lawful basis': 'None on record.',
      Decision: 'Not to share.',
    });
    expect(await answersOf(world.exchanges.overridden, council)).toMatchObject({
      Decision: 'To share.',
      'Decision taken by': expect.stringContaining(
        'Authorised by team manager (staff id tm-0007); reason: asking would prejudice protection.',
      ),
    });
  });

  it('is filled for a decision not to share that somebody made outside the gateway', async () => {
    expect(await answersOf(world.exchanges.outside, trust)).toMatchObject({
      'Organisation receiving the request': 'Northmoor Community and Mental Health NHS Trust (fictional)',
      'Organisation making the request': 'Northmoor Metropolitan Borough Council (fictional)',
      'Name and position of the person asking': NOT_STATED,
      'Description of the data requested': 'northmoor-nhs-trust/assessed-needs#risk-summary',
      'Legal power or duty to share': expect.stringContaining('Considered: Care Act 2014'),
      Decision: 'Not to share.',
      'Reasons for sharing or not sharing': 'safety of somebody',
      'Decision taken by': 'safeguarding lead (staff id dsl-0032)',
    });
  });

  it('tells the supplier’s officers no staff ids of the requester', async () => {
    const answers = await answersOf(world.exchanges.overridden, trust);
    expect(answers['Name and position of the person asking']).toBe(
      'social worker; staff id is for officers of their own organisation',
    );
    expect(Object.values(answers).join()).not.toMatch(/sw-4711|tm-0007/);
  });

  it('is a page to read and print, and a file whose name is the exchange’s', async () => {
    const { headers, text } = await council('GET', `/v1/exchanges/${world.exchanges.partly}/decision-form`);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="gatehouse-decision-form-${world.exchanges.partly}.html"`,
    );
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain('@media print');
    expect(text).toContain('<h1>Data sharing decision form</h1>');
    expect(text).not.toContain('<script');
  });

  it('is for officers of the agencies concerned: to others there is no such exchange', async () => {
    const { fire } = world.officers;
    const answers = await Promise.all([
      fire('GET', `/v1/exchanges/${world.exchanges.partly}/decision-form`),
      fire('GET', `/v1/exchanges/${uuid()}/decision-form`),
      council('GET', `/v1/exchanges/${world.exchanges.outside}/decision-form`),
      council('GET', '/v1/exchanges/none/decision-form'),
    ]);
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual(
      Array.from(answers, () => [404, 'NOT_FOUND']),
    );
    const system = await world.council('GET', `/v1/exchanges/${world.exchanges.partly}/decision-form`);
    expect([system.status, system.body['code']]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    const wrong = await council('GET', `/v1/exchanges/${world.exchanges.partly}/decision-form?as=pdf`);
    expect([wrong.status, wrong.body['pointers']]).toEqual([400, ['/as']]);
  });

  it('is recorded for each look, by the exchange’s own id', async () => {
    await formOf(world.exchanges.refused.toUpperCase(), trust);
    const looks = (await readLog(world.gateway.database.ownerUrl, world.exchanges.refused)).filter(
      ({ kind }) => kind === 'disclosures-exported',
    );
    expect(looks.at(-1)).toMatchObject({
      claims: {
        form: 'decision-form',
        exchangeId: world.exchanges.refused,
        exportedBy: { agency: 'northmoor-nhs-trust', officer: 'northmoor-nhs-trust-ig-2' },
        period: null,
      },
      detail: {},
    });
  });

  it('leaves a log that verifies', async () => {
    expect(await logFindings(world.gateway)).toEqual([]);
  });
});
