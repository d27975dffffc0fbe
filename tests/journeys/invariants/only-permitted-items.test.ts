import { needsPermission, needsQuery, premisesQuery, type Call } from '../../support/gateway.js';
import { readLog } from '../../support/read-log.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { json } from '../../support/supplier-stub.js';

const KNOWN = '9990000018';
const PARTLY = '9990000034';
const UPRN = '999900000001';

/** Everything that the supplier sends and nobody asked for, or may have. */
const UNASKED = /unasked/i;

describe('what a supplier sends (invariant 5)', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  let fire: Call;
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    council = await gateway.as('northmoor-council-adult-care');
    fire = await gateway.as('northmoor-fire-control');
    await council('POST', '/v1/permissions', needsPermission(KNOWN));
    const coordinatorOnly = ['northmoor-nhs-trust/assessed-needs#care-coordinator'];
    await council('POST', '/v1/permissions', needsPermission(PARTLY, { items: coordinatorOnly }));
  });
  afterAll(async () => gateway.stop());

  const surplusOf = async (exchangeId: unknown) =>
    (await readLog(gateway.database.ownerUrl, exchangeId)).at(-1)?.detail.surplus;
  const surplusMeasured = async (dataService: string): Promise<number> => {
    const text = await (await fetch(`${gateway.publicUrl}/metrics`)).text();
    const line = text
      .split('\n')
      .find((one) => one.startsWith(`gatehouse_surplus_values_total{data_service="${dataService}"`));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  it('leaves it only as permitted items: further items, members, deep members, elements and documents are dropped and counted', async () => {
    const service = 'northmoor-nhs-trust/assessed-needs';
    gateway.holds.set(
      KNOWN,
      json({
        unaskedDocument: { a: 'unasked 1', b: ['unasked 2', 'unasked 3'] },
        patient: {
          unaskedName: 'unasked 4',
          riskSummary: { level: 'low', summary: 'unasked 5' },
          clinicalNotes: [{ writtenOn: '2026-10-14', text: 'unasked 6' }],
          assessedNeeds: {
            assessedOn: '2026-10-14',
            unaskedMember: 'unasked 7',
            needs: [{ area: 'washing', level: 'high', unaskedDeepMember: { unaskedDeeper: 'unasked 8' } }],
          },
          careCoordinator: { name: 'Casey Example', team: 'East', unaskedHome: 'unasked 9' },
        },
      }),
    );
    const before = await surplusMeasured(service);
    const answer = await council('POST', '/v1/queries', needsQuery(KNOWN));
    expect(answer.status).toBe(200);
    expect(answer.body['data']).toEqual({
      'assessed-needs': { assessedOn: '2026-10-14', needs: [{ area: 'washing', level: 'high' }] },
      'care-coordinator': { name: 'Casey Example', team: 'East' },
    });
    expect(answer.text).not.toMatch(UNASKED);
    // Each "unasked", and the level and the date beside two of them.
    expect(await surplusOf(answer.body['exchangeId'])).toBe(11);
    expect((await surplusMeasured(service)) - before).toBe(11);
  });

  it('leaves an item that the permission does not reach at the supplier: it is not asked for, and does not come out', async () => {
    gateway.holds.set(
      PARTLY,
      json({
        patient: {
          assessedNeeds: { assessedOn: '2026-10-14', needs: [{ area: 'unasked', level: 'high' }] },
          careCoordinator: { name: 'Casey Example', team: 'East' },
        },
      }),
    );
    const answer = await council('POST', '/v1/queries', needsQuery(PARTLY));
    expect(answer.body).toMatchObject({
      decision: { outcome: 'permit-partial' },
      withheld: [{ dataItem: 'assessed-needs', reason: 'DENY_CONSENT_REQUIRED' }],
    });
    expect(answer.body['data']).toEqual({ 'care-coordinator': { name: 'Casey Example', team: 'East' } });
    const [asked] = gateway.supplier.seen.filter(({ body }) => body.includes(PARTLY));
    expect(JSON.parse(asked?.body ?? '')).toEqual({ nhsNumber: PARTLY, fields: ['care-coordinator'] });
    expect(await surplusOf(answer.body['exchangeId'])).toBe(3);
  });

  it('is built up from the items also where the document is a FHIR bundle', async () => {
    const device = (name: string, status: string) => ({
      resource: {
        resourceType: 'Device',
        status,
        deviceName: [{ name, type: 'user-friendly-name' }],
        patient: { display: 'unasked person' },
      },
    });
    gateway.holds.set(
      UPRN,
      json(
        {
          resourceType: 'Bundle',
          type: 'searchset',
          entry: [device('concentrator', 'active'), device('unasked cylinder', 'inactive')],
        },
        200,
        'application/fhir+json',
      ),
    );
    const answer = await fire(
      'POST',
      '/v1/queries',
      premisesQuery({ dataService: 'northmoor-nhs-trust/home-oxygen', dataItems: ['oxygen-at-premises'] }),
    );
    expect(answer.body['data']).toEqual({ 'oxygen-at-premises': ['concentrator'] });
    expect(answer.text).not.toMatch(UNASKED);
    expect(await surplusOf(answer.body['exchangeId'])).toBeGreaterThan(3);
  });

  it('comes out under the items asked for and no other name, each once, whatever else the agreement covers', async () => {
    gateway.holds.set(
      UPRN,
      json({ premises: { hazards: ['gas'], accessNotes: 'unasked', evacuationAssistanceCount: 3, owner: 'unasked' } }),
    );
    const answer = await fire('POST', '/v1/queries', premisesQuery({ dataItems: ['hazards'] }));
    expect(answer.body['data']).toEqual({ hazards: ['gas'] });
    expect(answer.text).not.toMatch(UNASKED);
    expect(gateway.supplier.seen.at(-1)?.url).toBe(`/northmoor-council/premises/${UPRN}?fields=hazards`);
    expect(await surplusOf(answer.body['exchangeId'])).toBe(3);
  });

  it('goes nowhere when a permitted item is not of its type, and nothing partial is released', async () => {
    gateway.holds.set(
      KNOWN,
      json({ patient: { assessedNeeds: 'unasked', careCoordinator: { name: 'C', team: 'E' } } }),
    );
    const answer = await council('POST', '/v1/queries', needsQuery(KNOWN));
    expect(answer.body).toMatchObject({ status: 502, code: 'SUPPLIER_ANSWER_UNUSABLE' });
    expect(answer.body).not.toHaveProperty('data');
    expect(answer.text).not.toMatch(UNASKED);
  });
});
