import { randomUUIDv7 as uuid } from 'node:crypto';
import path from 'node:path';
import { projectFolder, systemClock } from '../../../src/config/index.js';
import { DisclosureLog, type ExchangeEntry } from '../../../src/disclosure-log/index.js';
import type { Explanation } from '../../../src/explanations/explanations.module.js';
import { archivePolicies, preparePolicies, readPolicyFiles } from '../../../src/policy/index.js';
import { startCommand } from '../../support/command.js';
import { connectTo } from '../../support/definitions.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { startOverrideWorld, type OverrideWorld } from '../../support/override-world.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { status } from '../../support/supplier-stub.js';

const COUNCIL = 'Northmoor Metropolitan Borough Council (fictional)';
const TRUST = 'Northmoor Community and Mental Health NHS Trust (fictional)';
const PERSON = '9990000018';

describe('an explanation', () => {
  let world: OverrideWorld;
  let council: Call;
  let trust: Call;
  let partly: string;
  beforeAll(async () => {
    world = await startOverrideWorld();
    council = await world.officer('northmoor-council-ig-1');
    trust = await world.officer('northmoor-nhs-trust-ig-2');
    const records = await world.gateway.as('northmoor-nhs-trust-records');
    const items = ['northmoor-nhs-trust/assessed-needs#care-coordinator'];
    await records('POST', '/v1/permissions', needsPermission(PERSON, { items }));
    const { body } = await world.council('POST', '/v1/queries', needsQuery(PERSON));
    partly = String(body['exchangeId']);
  });
  afterAll(() => world.stop({ forged: true }));

  const explained = async (exchangeId: string, call: Call = council): Promise<Explanation> => {
    const { status: code, body, text } = await call('GET', `/v1/exchanges/${exchangeId}/explanation`);
    expect([code, text]).toEqual([200, expect.any(String)]);
    return body as unknown as Explanation;
  };
  /** The paragraph, without the sentence that begins with the time. */
  const afterTheTime = ({ paragraph }: Explanation): string => paragraph.replace(/^On .*?\), /, '');
  const kept = async (exchangeId: string) => await readLog(world.gateway.database.ownerUrl, exchangeId);
  /** Records an exchange like another, changed. */
  const recordedLike = async (
    exchangeId: string,
    change: (entry: ExchangeEntry) => object,
    more: object = {},
  ): Promise<string> => {
    const [entry] = await kept(exchangeId);
    const id = uuid();
    const claims = { ...entry!.claims, exchangeId: id };
    const changed = { ...claims, ...change({ claims, detail: entry!.detail }) };
    await world.gateway.sandbox.gateway.app
      .get(DisclosureLog)
      .append({ claims: changed, detail: { ...entry!.detail, ...more } });
    return id;
  };

  it('says who asked for what, why each item was given or not, on which law, and what became of it', async () => {
    const found = await explained(partly);
    expect(found).toMatchObject({
      exchangeId: partly,
      outcome: 'permit-partial',
      reasons: [{ code: 'PERMIT_PARTIAL_CONSENT_SCOPE', sentence: expect.stringContaining('Some items') }],
      requester: {
        id: 'northmoor-council',
        name: COUNCIL,
        system: 'northmoor-council-adult-care',
        role: 'social-worker',
        staffId: 'sw-4711',
      },
      supplier: { id: 'northmoor-nhs-trust', name: TRUST },
      purpose: { id: 'adult-social-care', name: 'Assessing and meeting an adult’s needs for care and support' },
      agreement: {
        id: 'adult-care-assessed-needs',
        version: 1,
        title: 'Assessed needs of adults for social care in Northmoor',
      },
      items: [
        {
          id: 'assessed-needs',
          outcome: 'deny',
          reasons: [{ code: 'DENY_CONSENT_REQUIRED', sentence: expect.any(String) }],
          leg: 'trust-to-council',
          legalBasis: [],
          policies: ['permission-missing'],
        },
        { id: 'care-coordinator', outcome: 'permit', leg: 'trust-to-council', policies: ['disclose-under-agreement'] },
      ],
      permissions: [{ id: expect.any(String), kind: 'confidentiality' }],
      becameOf: {
        result: 'disclosed',
        released: ['care-coordinator'],
        withheld: [{ dataItem: 'assessed-needs', reason: 'DENY_CONSENT_REQUIRED' }],
      },
      madeAgain: { same: true, difference: null },
      entries: [{ kind: 'decision' }, { kind: 'outcome' }],
    });
    expect(found.items[1]!.legalBasis).toContainEqual({
      id: 'care-2014-s6',
      instrument: 'Care Act 2014',
      provision: 's.6',
      title: 'Co-operating generally',
      plainEnglish: 'A council and its relevant partners must co-operate in care and support functions.',
    });
    const stored = await kept(partly);
    expect(found.entries.map(({ index }) => index)).toEqual(stored.slice(0, 2).map(({ index }) => index));
  });

  it('can be read to the person: plain English, UK time, no codes', async () => {
    const found = await explained(partly);
    expect(found.paragraph).toMatch(
      /^On \d{1,2} [A-Z][a-z]+ 20\d\d at \d\d:\d\d \((Greenwich Mean|British Summer) Time\), /,
    );
    expect(afterTheTime(found)).toBe(
      `${COUNCIL} asked ${TRUST} for “Needs for care and support as last assessed” and “Who coordinates the person's care”. ` +
        'The purpose was: “Assessing and meeting an adult’s needs for care and support”. ' +
        `It was given “Who coordinates the person's care”, as far as ${TRUST} holds it, because the agreement “Assessed needs of adults for social care in Northmoor” lets it be shared for this purpose, and permission for what needs it had been given. ` +
        'It was not given “Needs for care and support as last assessed”, because this needs permission, and none stood at that time that reaches it. ' +
        'The law behind it: A council and its relevant partners must co-operate in care and support functions.',
    );
  });

  it('tells the time as clocks in the United Kingdom show it', async () => {
    const summer = await recordedLike(partly, () => ({ at: '2026-07-01T23:30:00.000Z' }));
    expect((await explained(summer)).paragraph).toMatch(/^On 2 July 2026 at 00:30 \(British Summer Time\), /);
    const winter = await recordedLike(partly, () => ({ at: '2026-11-22T09:30:00.000Z' }));
    expect((await explained(winter)).paragraph).toMatch(/^On 22 November 2026 at 09:30 \(Greenwich Mean Time\), /);
  });

  it('says that nothing went out where no outcome is on record, and that a supplier failed where it did', async () => {
    const unresolved = await explained(await recordedLike(partly, () => ({})));
    expect(unresolved.becameOf).toBeNull();
    expect(unresolved.paragraph).toContain('because no answer is on record, and nothing goes out without that');
    expect(unresolved.paragraph).not.toContain('It was given');
    world.gateway.holds.set('9990000042', status(500));
    const records = await world.gateway.as('northmoor-nhs-trust-records');
    await records('POST', '/v1/permissions', needsPermission('9990000042'));
    const { body } = await world.council('POST', '/v1/queries', needsQuery('9990000042'));
    const failed = await explained(String(body['exchangeId']));
    expect(failed.becameOf).toMatchObject({ result: 'supplier-failed', released: [] });
    expect(failed.paragraph).toContain('because it could not be fetched');
  });

  it('explains a refusal as a whole, and a request that was not understood', async () => {
    const { body } = await world.council(
      'POST',
      '/v1/queries',
      needsQuery(PERSON, { dataItems: ['care-coordinator', 'clinical-notes'] }),
    );
    const refused = await explained(String(body['exchangeId']));
    expect(refused).toMatchObject({ outcome: 'deny', becameOf: null });
    expect(refused.paragraph).toContain('because there was no agreement between them that covers this');
    expect(refused.paragraph).toContain('it was asked for together with something that may not be shared');
    const unread = await world.council('POST', '/v1/queries', needsQuery('9990000019'));
    const notUnderstood = await explained(String(unread.body['exchangeId']));
    expect(notUnderstood).toMatchObject({ supplier: null, items: [], facts: null, madeAgain: { same: true } });
    expect(afterTheTime(notUnderstood)).toBe(
      `${COUNCIL} sent a request that could not be understood. Nothing was decided about anybody, and nothing was given.`,
    );
  });

  it('names agreements that contradicted each other, and says that a person has to decide', async () => {
    const conflictingAgreements = [
      { id: 'one-agreement', version: 1 },
      { id: 'another', version: 4 },
    ];
    const asks = { outcome: 'deny', reasonCodes: ['REVIEW_HUMAN'] };
    const exchangeId = await recordedLike(
      partly,
      ({ claims: { decision, items } }) => ({
        decision: { ...decision, ...asks },
        items: items.map((item) => ({ ...item, ...asks, legalBasis: [] })),
      }),
      { conflictingAgreements },
    );
    const told = await explained(exchangeId, trust);
    expect(told.conflictingAgreements).toEqual(conflictingAgreements);
    expect(told.paragraph).toContain(
      'because agreements between them that are in force say different things about it, and a person has to decide',
    );
    const settings = { DATABASE_URL: world.gateway.database.applicationUrl };
    const { stdout } = await startCommand(['decisions', 'explain', exchangeId], settings).ended;
    expect(stdout).toContain('In conflict: one-agreement version 1, another version 4\n');
    expect((await explained(partly)).conflictingAgreements).toEqual([]);
    expect((await startCommand(['decisions', 'explain', partly], settings).ended).stdout).not.toContain('In conflict');
  });

  it('says who authorised an override by role, and by staff id to the requester’s own officers alone', async () => {
    const exchangeId = String((await world.askByOverride()).body['exchangeId']);
    const own = await explained(exchangeId);
    expect(own.override).toEqual({
      reason: 'asking-would-prejudice-protection',
      role: 'team-manager',
      staffId: 'tm-0007',
    });
    expect(own.items[0]!.policies).toEqual(['disclose-under-duty-of-care']);
    expect(own.paragraph).toContain(
      'decided that it had to be shared without permission: to ask would have put at risk',
    );
    expect(own.paragraph).toContain('Officers of both look at every decision of this kind afterwards.');
    const text = JSON.stringify(await explained(exchangeId, trust));
    expect(text).not.toContain('tm-0007');
    expect(text).not.toContain('sw-4711');
  });

  it('tells the requester that permission was not given, and the supplier what the person said', async () => {
    const stateFor = async (call: Call): Promise<string> => {
      const facts = (await explained(partly, call)).facts as { items: { permission: { state: string } }[] };
      return facts.items[0]!.permission.state;
    };
    expect([await stateFor(council), await stateFor(trust)]).toEqual(['not-given', 'outside-scope']);
  });

  it('holds nothing of a person: no identifier, no value, no handle', async () => {
    for (const call of [council, trust]) {
      const text = JSON.stringify(await explained(partly, call));
      const [entry] = await kept(partly);
      const { subjectHandles, caseReferenceHandle } = entry!.detail;
      const handles = [...subjectHandles!.requester, ...subjectHandles!.supplier, caseReferenceHandle!];
      for (const part of [PERSON, 'ASC-2026-00123', 'Casey Example', 'preparing meals', ...handles]) {
        expect(text).not.toContain(part);
      }
    }
  });

  it('is for officers of the two agencies: to others there is no such exchange, and systems may not ask', async () => {
    const stranger = await world.officer('northmoor-fire-ig-1');
    const hidden = await stranger('GET', `/v1/exchanges/${partly}/explanation`);
    const absent = await stranger('GET', `/v1/exchanges/${uuid()}/explanation`);
    const malformed = await council('GET', '/v1/exchanges/none/explanation');
    const { instance: _, ...same } = absent.body;
    expect(hidden.body).toMatchObject(same);
    expect([hidden.status, absent.status, malformed.status]).toEqual([404, 404, 404]);
    const system = await world.council('GET', `/v1/exchanges/${partly}/explanation`);
    expect([system.status, system.body['code']]).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('is recorded for each look: which officer, of which agency, at which exchange', async () => {
    const looks = async () => (await kept(partly)).filter(({ kind }) => kind === 'explanation-read');
    const before = await looks();
    await explained(partly.toUpperCase(), trust);
    const [latest, ...others] = (await looks()).slice(before.length);
    expect(others).toEqual([]);
    expect(latest!.claims).toEqual({
      kind: 'explanation-read',
      at: expect.any(String),
      exchangeId: partly,
      readBy: { agency: 'northmoor-nhs-trust', officer: 'northmoor-nhs-trust-ig-2' },
    });
    expect(latest!.detail).toEqual({});
  });

  it('goes by the policies and legal bases of the day, not by today’s', async () => {
    const files = readPolicyFiles(path.join(projectFolder(), 'consent-policies'));
    const earlier = preparePolicies({
      ...files,
      'disclose.cedar': files['disclose.cedar']!.replace('disclose-under-agreement', 'as-it-was-permitted-then'),
      'legal-bases.json': files['legal-bases.json']!.replace(
        'A council and its relevant partners must co-operate in care and support functions.',
        'Councils had to work together with others, as the law was then.',
      ),
    });
    const dataSource = await connectTo(world.gateway.database.applicationUrl);
    await archivePolicies(dataSource, earlier, systemClock).finally(() => dataSource.destroy());
    const old = await recordedLike(partly, ({ claims }) => ({
      decision: { ...claims.decision, policyVersion: earlier.version },
    }));
    const found = await explained(old);
    expect(found).toMatchObject({ policyVersion: earlier.version, madeAgain: { same: true } });
    expect(found.items[1]!.policies).toEqual(['as-it-was-permitted-then']);
    const power = found.items[1]!.legalBasis.find(({ id }) => id === 'care-2014-s6');
    expect(power?.plainEnglish).toBe('Councils had to work together with others, as the law was then.');
  });

  it('says so when the decision comes out otherwise than it was recorded, or cannot be made again', async () => {
    const changed = await recordedLike(partly, ({ claims }) => ({
      items: claims.items.map((item) => ({ ...item, outcome: 'permit' as const, reasonCodes: [] })),
    }));
    expect((await explained(changed)).madeAgain).toEqual({
      same: false,
      difference:
        'Decided again, it comes out otherwise than it was recorded: permit-partial (assessed-needs deny, care-coordinator permit).',
    });
    const lost = await recordedLike(partly, ({ claims }) => ({
      decision: { ...claims.decision, policyVersion: 'f'.repeat(64) },
    }));
    expect(await explained(lost)).toMatchObject({
      madeAgain: { same: false, difference: 'It cannot be decided again: the policies are not archived.' },
      facts: null,
    });
  });

  it('is a command of whoever runs the gateway', async () => {
    const settings = { DATABASE_URL: world.gateway.database.applicationUrl };
    const told = await startCommand(['decisions', 'explain', partly], settings).ended;
    expect([told.code, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toContain((await explained(partly)).paragraph);
    expect(told.stdout).toContain('Made again, it comes out as it was recorded.');
    const json = await startCommand(['decisions', 'explain', partly, '--json'], settings).ended;
    expect(JSON.parse(json.stdout)).toMatchObject({ exchangeId: partly, requester: { staffId: null } });
    const none = await startCommand(['decisions', 'explain', uuid()], settings).ended;
    expect([none.code, none.stderr]).toEqual([1, 'There is no such exchange on record.\n']);
  });

  it('leaves a log that verifies', async () => {
    expect(await logFindings(world.gateway)).toEqual([]);
  });
});
