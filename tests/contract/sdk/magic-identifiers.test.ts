import { recordPermissions } from '../../../sandbox/record-permissions.js';
import { MAGIC_NHS_NUMBERS, MAGIC_PLACES } from '../../../sandbox/suppliers/people.js';
import { GatehouseProblem, type GatehouseClient } from '../../../sdk/index.js';
import { systemClock } from '../../../src/config/index.js';
import { runAsOwner } from '../../support/database.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';
import { MAGIC_OUTCOMES, magicQuery } from '../../support/magic-outcomes.js';
import { clientOf } from '../../support/sdk-client.js';

describe('the published identifiers of the sandbox', () => {
  let gateway: TestGateway;
  let council: GatehouseClient;
  let fire: GatehouseClient;

  const record = async (): Promise<void> => {
    const { sandbox } = gateway;
    const { url: publicUrl, clientKeys } = sandbox;
    await recordPermissions({ publicUrl, listeningUrl: sandbox.gateway.url, clientKeys, clock: systemClock });
  };
  const countPermissions = async (): Promise<number> => {
    const sql = 'SELECT count(*)::int AS count FROM permissions';
    const [row] = await runAsOwner<{ count: number }>(gateway.database.ownerUrl, sql);
    return row?.count ?? -1;
  };

  beforeAll(async () => {
    gateway = await startTestGateway();
    await record();
    council = await clientOf(gateway.sandbox, 'northmoor-council-adult-care');
    fire = await clientOf(gateway.sandbox, 'northmoor-fire-control');
  });
  afterAll(() => gateway.stop());

  it('have an outcome each', () => {
    expect(MAGIC_OUTCOMES.map(({ identifier }) => identifier)).toEqual(Object.keys(MAGIC_NHS_NUMBERS).toSorted());
  });

  it.each(MAGIC_OUTCOMES.map((one) => [one.identifier, one.reasonCodes?.[0] ?? one.code, one] as const))(
    '%s brings about %s',
    async (identifier, _, { status, code, reasonCodes }) => {
      const ending = await council
        .query(magicQuery(identifier))
        .then(({ decision }) => ({ status: 200, reasonCodes: decision.reasonCodes }))
        .catch((error: unknown) => error);
      expect(ending).toMatchObject({ status, ...(code && { code }), ...(reasonCodes && { reasonCodes }) });
      if (status !== 200) expect(ending).toBeInstanceOf(GatehouseProblem);
    },
  );

  it('a person whom the supplier does not know looks like one of whom nothing is held', async () => {
    const { data, withheld } = await council.query(magicQuery('9990000026'));
    expect([data, withheld]).toEqual([
      { 'assessed-needs': null, 'care-coordinator': null, address: null, 'address-suppressed': null },
      [],
    ]);
  });

  it('a suppressed address is withheld, and that it is suppressed is said', async () => {
    const { data, decision, withheld } = await council.query(magicQuery('9990000115'));
    expect(decision.outcome).toBe('permit-partial');
    expect(withheld.map(({ dataItem }) => dataItem)).toEqual(['address']);
    expect(data).not.toHaveProperty('address');
    expect(data['address-suppressed']).toBe(true);
  });

  it.each([
    ['uprn', MAGIC_PLACES.uprn.known, 'northmoor-council/premises-risk', true],
    ['uprn', MAGIC_PLACES.uprn.unknown, 'northmoor-council/premises-risk', false],
    ['usrn', MAGIC_PLACES.usrn.known, 'northmoor-council/street-risk', true],
  ])('the %s %s answers with what is held of it, or with nothing', async (type, value, dataService, held) => {
    const { data } = await fire.query({
      dataService,
      purpose: 'premises-risk',
      subject: { identifiers: [{ type, value }] },
      dataItems: ['hazards'],
      caseReference: 'INC-20261122-0007',
      requestedBy: { staffId: 'control-3', role: 'control-operator' },
    });
    expect(data['hazards'] !== null).toBe(held);
  });

  it('a later start records no permission again', async () => {
    const before = await countPermissions();
    await record();
    expect(before).toBe(Object.keys(MAGIC_NHS_NUMBERS).length - 1);
    expect(await countPermissions()).toBe(before);
  });
});
