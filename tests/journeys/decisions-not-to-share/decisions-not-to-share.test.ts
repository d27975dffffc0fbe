import { randomUUIDv7 as uuid } from 'node:crypto';
import { verifyReceipt, type LogKeys } from '../../../sdk/index.js';
import {
  startTestGateway,
  needsQuery,
  needsPermission,
  type Answer,
  type Call,
  type TestGateway,
} from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';

const PERSON = '9990000018';

describe('a decision not to share', () => {
  let gateway: TestGateway;
  let system: Call;
  let officer: Call;
  let keys: LogKeys;
  beforeAll(async () => {
    gateway = await startTestGateway();
    system = await gateway.as('northmoor-nhs-trust-records');
    officer = await gateway.as('northmoor-nhs-trust-ig-2');
    keys = (await (await fetch(`${gateway.publicUrl}/v1/log/keys`)).json()) as LogKeys;
  });
  afterAll(() => gateway.stop());

  const decision = (change: object = {}) => ({
    items: ['northmoor-nhs-trust/assessed-needs#risk-summary', 'northmoor-nhs-trust/home-oxygen#*'],
    askedBy: 'northmoor-council',
    purpose: 'adult-social-care',
    reason: 'safety-of-somebody',
    legalBasis: ['care-2014-s6'],
    decidedBy: { staffId: 'dsl-0032', role: 'safeguarding-lead' },
    subject: { identifiers: [{ type: 'nhs-number', value: '999 000 0018' }] },
    ...change,
  });
  const record = (call: Call, change: object = {}, key?: string): Promise<Answer> =>
    call('POST', '/v1/decisions-not-to-share', decision(change), key === undefined ? {} : { 'idempotency-key': key });
  const kept = async () =>
    (await readLog(gateway.database.ownerUrl)).filter(({ kind }) => kind === 'decision-not-to-share');

  it.each([
    ['a system', 'northmoor-nhs-trust-records'],
    ['an officer', 'northmoor-nhs-trust-ig-2'],
  ])('is recorded by %s of the agency that holds the data, with a receipt that holds', async (_who, caller) => {
    const { status, body } = await record(await gateway.as(caller));
    expect(status).toBe(201);
    const [entry] = (await kept()).slice(-1);
    const { subject: _, ...said } = decision();
    expect(entry!.claims).toEqual({
      kind: 'decision-not-to-share',
      exchangeId: body['id'],
      at: body['recordedAt'],
      supplier: 'northmoor-nhs-trust',
      recordedBy: caller,
      ...said,
    });
    const verified = await verifyReceipt(String(body['receipt']), keys);
    expect(verified).toMatchObject({ valid: true, index: entry!.index, claims: entry!.claims });
  });

  it('holds nobody but as handles, and needs to name nobody', async () => {
    await record(system);
    const [entry] = (await kept()).slice(-1);
    expect(JSON.stringify(entry)).not.toContain(PERSON);
    expect(entry!.detail).toEqual({ subjectHandles: [expect.stringMatching(/^[\w-]{43}$/)] });
    await record(system, { subject: undefined });
    expect((await kept()).at(-1)!.detail).toEqual({ subjectHandles: [] });
  });

  it('is answered from the log when the call is repeated, with a receipt that still holds', async () => {
    const key = uuid();
    const first = await record(officer, {}, key);
    await record(system);
    const before = (await kept()).length;
    const again = await record(officer, {}, key);
    expect([again.status, again.body['id'], again.body['recordedAt']]).toEqual([
      201,
      first.body['id'],
      first.body['recordedAt'],
    ]);
    expect(await verifyReceipt(String(again.body['receipt']), keys)).toMatchObject({ valid: true });
    const other = await record(officer, { reason: 'not-necessary' }, key);
    expect([other.status, other.body['code']]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    expect((await record(system, {}, key)).body['id']).not.toBe(first.body['id']);
    expect((await kept()).length).toBe(before + 1);
  });

  it('is recorded once when the same call comes twice at once', async () => {
    const [key, before] = [uuid(), (await kept()).length];
    const both = await Promise.all([record(system, {}, key), record(system, {}, key)]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0]!.body['id']).toBe(both[1]!.body['id']);
    expect((await kept()).length).toBe(before + 1);
  });

  it('binds no later request', async () => {
    await system('POST', '/v1/permissions', needsPermission(PERSON));
    await record(system, { items: ['northmoor-nhs-trust/assessed-needs#*'] });
    const council = await gateway.as('northmoor-council-adult-care');
    expect((await council('POST', '/v1/queries', needsQuery(PERSON))).status).toBe(200);
  });

  it('is proven to the agency that decided, and hidden from the one that asked', async () => {
    await record(system);
    const { index, exchangeId } = (await kept()).at(-1)!;
    const council = await gateway.as('northmoor-council-adult-care');
    expect((await system('GET', `/v1/log/entries/${index}/proof`)).status).toBe(200);
    expect((await council('GET', `/v1/log/entries/${index}/proof`)).status).toBe(404);
    const councilOfficer = await gateway.as('northmoor-council-ig-1');
    expect((await councilOfficer('GET', `/v1/exchanges/${exchangeId}/explanation`)).status).toBe(404);
  });

  it.each([
    ['items of another agency', { items: ['northmoor-council/premises-risk#hazards'] }, '/items'],
    ['items that nobody has defined', { items: ['northmoor-nhs-trust/assessed-needs#secrets'] }, '/items'],
    ['an agency that is not registered', { askedBy: 'somewhere-else' }, '/askedBy'],
    ['a purpose of no catalogue', { purpose: 'curiosity' }, '/purpose'],
    ['a legal basis of no catalogue', { legalBasis: ['magna-carta'] }, '/legalBasis'],
    ['a reason of no list', { reason: 'because' }, '/reason'],
    [
      'an identifier for a member of staff',
      { decidedBy: { staffId: '9990000018', role: 'clinician' } },
      '/decidedBy/staffId',
    ],
    ['words of their own', { note: 'she asked us not to' }, '/note'],
  ])('is refused with %s', async (_what, change, pointer) => {
    const before = (await kept()).length;
    const refused = await record(system, change);
    expect([refused.status, refused.body['pointers']]).toEqual([400, [pointer]]);
    expect((await kept()).length).toBe(before);
  });

  it('leaves a log that verifies', async () => {
    expect(await logFindings(gateway)).toEqual([]);
  });
});
