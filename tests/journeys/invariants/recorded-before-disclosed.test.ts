import { findIncompleteDisclosures } from '../../support/complete-stacks.js';
import { runAsOwner } from '../../support/database.js';
import { needsPermission, needsQuery, premisesQuery, type Call } from '../../support/gateway.js';
import { storyOf } from '../../support/read-log.js';
import { patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { json, status } from '../../support/supplier-stub.js';

const KNOWN = '9990000018';
const NOBODY_ASKED = '9990000034';

describe('a disclosure (invariants 2, 3 and 4)', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  let fire: Call;
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    council = await gateway.as('northmoor-council-adult-care');
    fire = await gateway.as('northmoor-fire-control');
    gateway.holds.set(KNOWN, patient()).set(NOBODY_ASKED, patient());
    await council('POST', '/v1/permissions', needsPermission(KNOWN));
  });
  afterAll(async () => gateway.stop());

  const owner = <Row extends Record<string, unknown>>(sql: string) => runAsOwner<Row>(gateway.database.ownerUrl, sql);
  const applicationRole = () => new URL(gateway.sandbox.databaseUrl).username;

  it.each<[string, object]>([
    ['no permission', {}],
    ['a purpose outside the agreement', { purpose: 'housing-support' }],
    ['an item outside the agreement', { dataItems: ['assessed-needs', 'clinical-notes'] }],
    ['no case reference', { caseReference: undefined }],
    ['a case reference of another kind', { caseReference: 'FP-1' }],
    ['a role outside the agreement', { requestedBy: { staffId: 'a', role: 'receptionist' } }],
    ['an agreement of others', { agreement: 'fire-premises-risk' }],
    ['a permission that is not there', { permission: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' }],
    ['an unknown member', { colour: 'blue' }],
    ['a wrong check digit', { subject: { identifiers: [{ type: 'nhs-number', value: '9990000019' }] } }],
  ])('is not asked of the supplier at all when it is refused: %s', async (_why, change) => {
    const before = gateway.supplier.connections;
    const answer = await council('POST', '/v1/queries', needsQuery(NOBODY_ASKED, change));
    expect([400, 403]).toContain(answer.status);
    expect(gateway.supplier.seen.filter(({ body }) => body.includes(NOBODY_ASKED))).toEqual([]);
    expect(gateway.supplier.connections).toBe(before);
    expect(await storyOf(gateway.database.ownerUrl, answer.body['exchangeId'])).toEqual(['decision: deny']);
  });

  it('is not asked of the supplier by a caller who has no token, an old proof, or no agreement', async () => {
    const asked = gateway.supplier.seen.length;
    const stranger = await gateway.as('eastvale-council-adult-care');
    expect((await stranger('POST', '/v1/queries', needsQuery(KNOWN))).status).toBe(403);
    for (const headers of [{ authorization: '' }, { dpop: '' }, { authorization: 'Bearer abc' }]) {
      expect((await council('POST', '/v1/queries', needsQuery(KNOWN), headers)).status).toBe(401);
    }
    expect(gateway.supplier.seen.length).toBe(asked);
  });

  it('is asked of the supplier only once its decision is durable, and answered only once its outcome is', async () => {
    let entriesWhenAsked: Promise<Record<string, unknown>[]> | undefined;
    gateway.holds.set(KNOWN, (seen, response, index) => {
      // A connection of its own sees what is committed, and nothing else.
      entriesWhenAsked = owner(
        `SELECT kind, exchange_id, claims::jsonb #>> '{decision,outcome}' AS outcome
         FROM log_entries JOIN log_bodies USING (log_index)
         WHERE log_index = (SELECT max(tree_size) - 1 FROM log_checkpoints)`,
      );
      void entriesWhenAsked.then(() => patient()(seen, response, index));
    });
    const answer = await council('POST', '/v1/queries', needsQuery(KNOWN));
    const story = await storyOf(gateway.database.ownerUrl, answer.body['exchangeId']);
    expect(answer.status).toBe(200);
    expect(await entriesWhenAsked).toEqual([
      { kind: 'decision', exchange_id: answer.body['exchangeId'], outcome: 'permit' },
    ]);
    expect(story).toEqual(['decision: permit', 'disclosed']);
    gateway.holds.set(KNOWN, patient());
  });

  it('has its outcome on record by the time of the answer, also when the supplier failed', async () => {
    gateway.holds.set(KNOWN, status(500));
    const answer = await council('POST', '/v1/queries', needsQuery(KNOWN));
    const story = await storyOf(gateway.database.ownerUrl, answer.body['exchangeId']);
    expect(answer.body).toMatchObject({ status: 502, code: 'SUPPLIER_UNAVAILABLE' });
    expect(story).toEqual(['decision: permit', 'supplier-failed']);
    gateway.holds.set(KNOWN, patient());
  });

  it('does not happen while the decision cannot be recorded: 503, and the supplier is not asked', async () => {
    const asked = gateway.supplier.seen.length;
    await owner(`REVOKE INSERT ON log_entries FROM ${applicationRole()}`);
    try {
      const answers = await Promise.all([
        council('POST', '/v1/queries', needsQuery(KNOWN)),
        fire('POST', '/v1/queries', premisesQuery()),
        council('POST', '/v1/queries', needsQuery(KNOWN, { colour: 'blue' })),
        council('POST', '/v1/permissions', needsPermission(NOBODY_ASKED)),
      ]);
      for (const answer of answers) {
        expect(answer.body).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' });
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
    } finally {
      await owner(`GRANT INSERT ON log_entries TO ${applicationRole()}`);
    }
    expect(gateway.supplier.seen.length).toBe(asked);
    expect((await council('POST', '/v1/queries', needsQuery(NOBODY_ASKED))).status).toBe(403);
  });

  it.each([
    ['its entry', 'log_entries'],
    ['its checkpoint', 'log_checkpoints'],
  ])(
    'is not released while the outcome cannot be recorded with %s, although the supplier has answered',
    async (_what, table) => {
      const log = gateway.database.ownerUrl;
      gateway.holds.set(KNOWN, (seen, response, index) => {
        void owner(`REVOKE INSERT ON ${table} FROM ${applicationRole()}`).then(() => patient()(seen, response, index));
      });
      try {
        const answer = await council('POST', '/v1/queries', needsQuery(KNOWN));
        expect(answer.body).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' });
        expect(answer.text).not.toContain('Casey');
        expect(await storyOf(log, answer.body['exchangeId'])).toEqual(['decision: permit']);
      } finally {
        await owner(`GRANT INSERT ON ${table} TO ${applicationRole()}`);
        gateway.holds.set(KNOWN, patient());
      }
      expect((await council('POST', '/v1/queries', needsQuery(KNOWN))).status).toBe(200);
    },
  );

  it('names for each item that it released a legal basis stack that is complete on that day', async () => {
    gateway.holds.set('999900000001', json({ premises: { hazards: ['gas meter'], accessNotes: 'Side door.' } }));
    expect((await fire('POST', '/v1/queries', premisesQuery())).status).toBe(200);
    expect((await council('POST', '/v1/queries', needsQuery(KNOWN))).status).toBe(200);
    const { disclosures, released, lacking } = await findIncompleteDisclosures(gateway.database.ownerUrl);
    expect(lacking).toEqual([]);
    expect(disclosures).toBeGreaterThanOrEqual(4);
    expect(released).toBeGreaterThan(disclosures);
  });
});
