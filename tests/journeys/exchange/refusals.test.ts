import { runAsOwner } from '../../support/database.js';
import {
  needsPermission,
  needsQuery,
  premisesQuery,
  startTestGateway,
  type Call,
  type TestGateway,
} from '../../support/gateway.js';

/** Somebody of whom the sandbox recorded no permission. */
const NOBODY_ASKED = '9990000034';

describe('a request that is refused', () => {
  let gateway: TestGateway;
  let council: Call;
  let fire: Call;

  beforeAll(async () => {
    gateway = await startTestGateway();
    council = await gateway.as('northmoor-council-adult-care');
    fire = await gateway.as('northmoor-fire-control');
  });
  afterAll(async () => gateway.stop());

  const entries = (exchangeId: unknown) =>
    runAsOwner<{ kind: string; claims: Record<string, unknown>; detail: Record<string, unknown> }>(
      gateway.database.ownerUrl,
      `SELECT kind, claims::jsonb, detail::jsonb FROM log_entries JOIN log_bodies USING (log_index) WHERE exchange_id = $1 ORDER BY log_index`,
      [exchangeId],
    );

  it.each<[string, object, string, string]>([
    ['an unknown member', { colour: 'blue' }, 'REQUEST_INVALID', '/colour'],
    [
      'an unknown member further down',
      { requestedBy: { staffId: 'a', role: 'social-worker', name: 'x' } },
      'REQUEST_INVALID',
      '/requestedBy/name',
    ],
    ['a missing member', { purpose: undefined }, 'REQUEST_INVALID', '/purpose'],
    ['a wrong type', { dataItems: 'assessed-needs' }, 'REQUEST_INVALID', '/dataItems'],
    ['an item asked for twice', { dataItems: ['assessed-needs', 'assessed-needs'] }, 'REQUEST_INVALID', '/dataItems'],
    [
      'a wrong check digit',
      { subject: { identifiers: [{ type: 'nhs-number', value: '9990000019' }] } },
      'IDENTIFIER_INVALID',
      '/subject/identifiers/0/value',
    ],
    [
      'ten digits that are all the same',
      { subject: { identifiers: [{ type: 'nhs-number', value: '4444444444' }] } },
      'IDENTIFIER_INVALID',
      '/subject/identifiers/0/value',
    ],
    [
      'a type of identifier that does not exist',
      { subject: { identifiers: [{ type: 'shoe-size', value: '44' }] } },
      'IDENTIFIER_INVALID',
      '/subject/identifiers/0/type',
    ],
    [
      'a type that the service does not take',
      { subject: { identifiers: [{ type: 'nino', value: 'NN123456C' }] } },
      'IDENTIFIER_TYPE_NOT_TAKEN',
      '/subject/identifiers/0/type',
    ],
    [
      'the same type of identifier twice',
      {
        subject: {
          identifiers: [
            { type: 'nhs-number', value: '9990000018' },
            { type: 'nhs-number', value: '9990000034' },
          ],
        },
      },
      'REQUEST_INVALID',
      '/subject/identifiers/1/type',
    ],
    [
      'a staff id that looks like an NHS number',
      { requestedBy: { staffId: '9990000018', role: 'social-worker' } },
      'REQUEST_INVALID',
      '/requestedBy/staffId',
    ],
  ])(
    'is answered 400 for %s, with a pointer and no value, and recorded without a subject',
    async (_what, change, code, pointer) => {
      const answer = await council('POST', '/v1/queries', needsQuery(NOBODY_ASKED, change));
      expect(answer.body).toMatchObject({ status: 400, code, pointers: [pointer] });
      expect(answer.text).not.toMatch(/999000|4444|NN123456C|blue/);
      const [entry, ...more] = await entries(answer.body.exchangeId);
      expect(more).toEqual([]);
      expect(entry).toMatchObject({
        kind: 'decision',
        claims: { decision: { outcome: 'deny', reasonCodes: ['REQUEST_INVALID'] }, dataService: null, items: [] },
        detail: { subjectHandles: null },
      });
    },
  );

  it.each([
    ['what is not JSON', '{"a":', 400, 'REQUEST_MALFORMED'],
    ['duplicate keys', '{"purpose":"a","purpose":"b"}', 400, 'REQUEST_MALFORMED'],
    ['a key called __proto__', '{"__proto__":{}}', 400, 'REQUEST_MALFORMED'],
    ['nesting over 32 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'REQUEST_MALFORMED'],
    ['a body over 256 KiB', JSON.stringify({ purpose: 'a'.repeat(256 * 1024) }), 413, 'REQUEST_TOO_LARGE'],
  ])('is answered at once for %s', async (_what, body, status, code) => {
    expect((await council('POST', '/v1/queries', body)).body).toMatchObject({ status, code });
  });

  it.each<[string, object, string]>([
    ['a purpose that the agreement does not cover', { purpose: 'housing-support' }, 'DENY_PURPOSE_MISMATCH'],
    [
      'an item that the agreement does not cover',
      { dataItems: ['assessed-needs', 'clinical-notes'] },
      'DENY_NO_LEGAL_BASIS',
    ],
    ['an item that does not exist', { dataItems: ['star-sign'] }, 'DENY_NO_LEGAL_BASIS'],
    ['a data service that does not exist', { dataService: 'northmoor-nhs-trust/nothing' }, 'DENY_RECIPIENT_NOT_PARTY'],
    ['an agreement that it is not a party to', { agreement: 'fire-premises-risk' }, 'DENY_RECIPIENT_NOT_PARTY'],
    [
      'a role that the agreement does not name',
      { requestedBy: { staffId: 'a', role: 'receptionist' } },
      'DENY_RECIPIENT_CONDITION',
    ],
    ['no case reference', { caseReference: undefined }, 'DENY_NO_RELATIONSHIP'],
    ['a case reference of another kind', { caseReference: 'FP-2026-1' }, 'DENY_NOT_NECESSARY'],
    ['no permission', {}, 'DENY_CONSENT_REQUIRED'],
    ['a permission that is not there', { permission: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' }, 'DENY_CONSENT_REQUIRED'],
  ])('is a 403 with its reason and a receipt for %s', async (_what, change, reason) => {
    const answer = await council('POST', '/v1/queries', needsQuery(NOBODY_ASKED, change));
    expect(answer.body).toMatchObject({ status: 403, code: 'DISCLOSURE_REFUSED' });
    expect(answer.body).toMatchObject({ decision: { reasonCodes: expect.arrayContaining([reason]) as string[] } });
    const [entry, ...more] = await entries(answer.body.exchangeId);
    expect(more).toEqual([]);
    const receipt = JSON.parse(Buffer.from(String(answer.body['receipt']).split('.')[1]!, 'base64url').toString()) as {
      claims: unknown;
    };
    expect(receipt.claims).toEqual(entry!.claims);
  });

  it('looks the same to an agency without an agreement, whether the data service exists or not', async () => {
    const stranger = await gateway.as('eastvale-council-adult-care');
    const [there, not] = await Promise.all([
      stranger(
        'POST',
        '/v1/queries',
        needsQuery('9990000018', { subject: { identifiers: [{ type: 'uprn', value: '1' }] } }),
      ),
      stranger(
        'POST',
        '/v1/queries',
        needsQuery('9990000018', {
          dataService: 'nowhere/nothing',
          subject: { identifiers: [{ type: 'uprn', value: '1' }] },
        }),
      ),
    ]);
    const visible = ({ body }: typeof there) => ({ ...body, exchangeId: '', receipt: '' });
    expect(visible(there)).toEqual(visible(not));
    expect(there.body).toMatchObject({ status: 403, decision: { reasonCodes: ['DENY_RECIPIENT_NOT_PARTY'] } });
  });

  it('is never asked of the supplier', async () => {
    const before = await gateway.as('northmoor-council-adult-care');
    // The slow supplier would take longer than this test may.
    expect((await before('POST', '/v1/queries', needsQuery('9990000050', { caseReference: undefined }))).status).toBe(
      403,
    );
  });

  it('relies on the latest word: a permission that is withdrawn refuses from then on', async () => {
    const given = await council('POST', '/v1/permissions', needsPermission(NOBODY_ASKED));
    expect(given.status).toBe(201);
    const query = needsQuery(NOBODY_ASKED);
    expect((await council('POST', '/v1/queries', query)).status).toBe(200);
    expect((await council('POST', `/v1/permissions/${String(given.body['id'])}/withdraw`)).body).toMatchObject({
      state: 'withdrawn',
    });
    expect((await council('POST', '/v1/queries', query)).body).toMatchObject({
      decision: { reasonCodes: ['DENY_CONSENT_REQUIRED'] },
    });
  });

  it('needs no permission where a statutory duty carries it, and an incident where the items need one', async () => {
    expect((await fire('POST', '/v1/queries', premisesQuery())).body).toMatchObject({
      decision: { outcome: 'permit' },
      data: { hazards: expect.any(Array) as unknown[] },
    });
    const street = premisesQuery({
      dataService: 'northmoor-council/street-risk',
      subject: { identifiers: [{ type: 'usrn', value: '99990001' }] },
      caseReference: 'FP-2026-0001',
    });
    expect((await fire('POST', '/v1/queries', street)).body).toMatchObject({
      decision: { reasonCodes: ['DENY_NOT_NECESSARY'] },
    });
  });
});
