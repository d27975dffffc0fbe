import { runAsOwner } from '../../support/database.js';
import { needsPermission, needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const SERVICE = 'northmoor-nhs-trust/assessed-needs';
const subject = (nhsNumber: string) => ({ identifiers: [{ type: 'nhs-number', value: nhsNumber }] });
const sharing = (nhsNumber: string) => ({
  subject: subject(nhsNumber),
  purpose: 'adult-social-care',
  recipients: ['northmoor-council'],
  items: [`${SERVICE}#assessed-needs`],
});
const decidedBy = { staffId: 'tr-0042', role: 'consultant' };
const inADay = () => new Date(Date.now() + 86_400_000).toISOString();
const decision = (nhsNumber: string, change: object = {}) => ({
  ...sharing(nhsNumber),
  decision: 'share',
  decidedBy,
  consulted: ['family-carer'],
  capacityStatement: { finding: 'lacks-capacity', assessedBy: decidedBy, assessedOn: '2026-01-01' },
  validUntil: inADay(),
  ...change,
});

describe('statements about sharing, with two replicas', () => {
  let gateway: SuppliedGateway;
  let council: [Call, Call];
  let trust: [Call, Call];
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    const second = (await gateway.addReplica()).url;
    const as = async (system: string): Promise<[Call, Call]> => [
      await gateway.as(system),
      await gateway.as(system, second),
    ];
    council = await as('northmoor-council-adult-care');
    trust = await as('northmoor-nhs-trust-records');
  });
  afterAll(async () => gateway.stop());

  const ask = (nhsNumber: string, call = council[0], change: object = {}) =>
    call(
      'POST',
      '/v1/queries',
      needsQuery(nhsNumber, { dataItems: ['assessed-needs', 'care-coordinator'], ...change }),
    );
  const record = async (path: string, body: object, call = trust[1]): Promise<string> => {
    const { status, body: answer } = await call('POST', `/v1/${path}`, body);
    expect([status, answer]).toMatchObject([201, { state: 'stands' }]);
    return String(answer['id']);
  };
  const lift = async (path: string, id: string, call = trust[0]) => {
    expect((await call('POST', `/v1/${path}/${id}/lift`)).body).toMatchObject({ id, state: 'lifted' });
  };
  /** The facts that the last record of an exchange was decided on, by item. */
  const factsOf = async ({ body }: Answer) => {
    const entry = (await readLog(gateway.database.ownerUrl, body['exchangeId'])).at(-1);
    const [row] = await runAsOwner<{ content: string }>(
      gateway.database.ownerUrl,
      'SELECT content FROM decision_facts WHERE hash = $1',
      [entry?.detail.factsHash],
    );
    const { items } = JSON.parse(row?.content ?? '') as { items: Record<string, unknown>[] };
    return Object.fromEntries(items.map((item) => [item['item'], item]));
  };
  const somebody = async (nhsNumber: string, change: object = {}) => {
    gateway.holds.set(nhsNumber, patient(change));
    expect((await trust[0]('POST', '/v1/permissions', needsPermission(nhsNumber))).status).toBe(201);
  };

  it.each<[string, string, object, object]>([
    ['9990000018', 'objections', { reason: 'particular-situation' }, { objection: true }],
    ['9990000034', 'hold-backs', { reason: 'serious-harm', decidedBy }, { heldBack: true }],
  ])(
    'are facts of every decision from their answer on, on each replica, until they are lifted: of %s, %s',
    async (person, path, more, fact) => {
      await somebody(person);
      for (const call of council) {
        const id = await record(path, { ...sharing(person), ...more }, trust[council.indexOf(call) === 0 ? 1 : 0]);
        for (const asking of council) {
          const facts = await factsOf(await ask(person, asking));
          expect(facts['assessed-needs']).toMatchObject(fact);
          expect(facts['care-coordinator']).not.toMatchObject(fact);
        }
        await lift(path, id, call === council[0] ? trust[0] : trust[1]);
        for (const asking of council) {
          expect((await factsOf(await ask(person, asking)))['assessed-needs']).not.toMatchObject(fact);
        }
      }
    },
  );

  it.each([0, 1])('stop an exchange that is under way: recorded on replica %i', async (replica) => {
    const person = '9990000018';
    await somebody(person);
    const { answer, asked, release } = held(patient());
    gateway.holds.set(person, answer);
    const asking = ask(person);
    await Promise.race([asked, asking]);
    const id = await record('objections', { ...sharing(person), reason: 'confidentiality' }, trust[replica]);
    release();
    const refused = await asking;
    expect(refused.status).toBe(403);
    const entries = await readLog(gateway.database.ownerUrl, refused.body['exchangeId']);
    expect(entries.map(({ claims }) => claims.outcome?.result)).toEqual([undefined, 'permit-lapsed']);
    await lift('objections', id);
  });

  it('let a decision in a person’s best interests stand in for their permission under the duty of confidence, while it stands', async () => {
    const person = '9990000042';
    gateway.holds.set(person, patient());
    const needs = { dataItems: ['assessed-needs'] };
    expect((await ask(person, council[0], needs)).body).toMatchObject({ code: 'DISCLOSURE_REFUSED' });
    const id = await record('best-interests-decisions', decision(person));
    const shared = await ask(person, council[0], needs);
    expect(shared.status).toBe(200);
    const entries = await readLog(gateway.database.ownerUrl, shared.body['exchangeId']);
    expect(entries.map(({ detail }) => [detail.permissions, detail.statements])).toEqual([
      [[], [id]],
      [[], [id]],
    ]);
    await lift('best-interests-decisions', id);
    for (const call of council) {
      expect((await ask(person, call, needs)).body).toMatchObject({
        decision: { reasonCodes: ['DENY_CONSENT_REQUIRED'] },
      });
    }
  });

  it('stop an exchange that relies on a best-interests decision when it is lifted meanwhile', async () => {
    const person = '9990000042';
    const id = await record('best-interests-decisions', decision(person));
    const { answer, asked, release } = held(patient());
    gateway.holds.set(person, answer);
    const asking = ask(person, council[0], { dataItems: ['assessed-needs'] });
    await Promise.race([asked, asking]);
    await lift('best-interests-decisions', id, trust[1]);
    release();
    const { status, body } = await asking;
    expect(status).toBe(403);
    expect((await readLog(gateway.database.ownerUrl, body['exchangeId'])).at(-1)?.claims.outcome).toMatchObject({
      result: 'permit-lapsed',
      released: [],
      cause: 'statement-changed',
    });
  });

  it('open nothing when the agency that would receive decided in the person’s best interests', async () => {
    const person = '9990000042';
    const id = await record('best-interests-decisions', decision(person), council[0]);
    expect((await ask(person, council[0], { dataItems: ['assessed-needs'] })).status).toBe(403);
    await lift('best-interests-decisions', id, council[0]);
  });

  it('show an agency its own and nobody else’s', async () => {
    const id = await record('objections', { ...sharing('9990000018'), reason: 'confidentiality' });
    for (const path of [`objections/${id}`, `hold-backs/${id}`, 'objections/nothing']) {
      expect((await council[0]('GET', `/v1/${path}`)).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
    expect((await council[0]('POST', `/v1/objections/${id}/lift`)).status).toBe(404);
    expect((await trust[0]('GET', `/v1/objections/${id}`)).body).toMatchObject({
      id,
      kind: 'objection',
      reason: 'confidentiality',
      state: 'stands',
    });
    await lift('objections', id);
  });

  describe('of a suppressed address', () => {
    const person = '9990000026';
    const address = { lines: ['1 Example Row'], postcode: 'YO1 1AA' };
    const items = { dataItems: ['address', 'address-suppressed', 'care-coordinator'] };
    const withheld = {
      decision: { outcome: 'permit-partial', reasonCodes: ['PERMIT_PARTIAL_SUPPRESSED'] },
      data: { 'address-suppressed': true, 'care-coordinator': { name: 'Casey Example' } },
      withheld: [{ dataItem: 'address', reason: 'PERMIT_PARTIAL_SUPPRESSED' }],
    };
    beforeEach(async () => somebody(person, { address, addressSuppressed: false }));

    it('let the flag travel and the address never, though the supplier’s record forgot it', async () => {
      expect((await ask(person, council[0], items)).body).toMatchObject({
        data: { address, 'address-suppressed': false },
      });
      const id = await record('address-suppressions', { subject: subject(person) });
      for (const call of council) {
        const answer = await ask(person, call, items);
        expect(answer.body).toMatchObject(withheld);
        expect(answer.text).not.toContain('Example Row');
        const outcome = (await readLog(gateway.database.ownerUrl, answer.body['exchangeId'])).at(-1)?.claims.outcome;
        expect(outcome).toMatchObject({
          released: ['care-coordinator', 'address-suppressed'],
          withheld: withheld.withheld,
        });
      }
      await lift('address-suppressions', id);
      expect((await ask(person, council[1], items)).body).toMatchObject({ data: { address } });
    });

    it('keep back an address that was already fetched when it was recorded', async () => {
      const { answer, asked, release } = held(patient({ address, addressSuppressed: false }));
      gateway.holds.set(person, answer);
      const asking = ask(person, council[0], items);
      await Promise.race([asked, asking]);
      const id = await record('address-suppressions', { subject: subject(person) }, council[1]);
      release();
      const { body, text } = await asking;
      expect(body).toMatchObject(withheld);
      expect(text).not.toContain('Example Row');
      await lift('address-suppressions', id, council[0]);
    });

    it('ask the supplier for nothing where the address is all that was asked for', async () => {
      const id = await record('address-suppressions', { subject: subject(person) });
      const before = gateway.supplier.seen.length;
      expect((await ask(person, council[0], { dataItems: ['address'] })).body).toMatchObject({
        data: {},
        withheld: withheld.withheld,
      });
      expect(gateway.supplier.seen.length).toBe(before);
      await lift('address-suppressions', id);
    });
  });

  it('leave a log that verifies', async () => {
    expect(await logFindings(gateway)).toEqual([]);
  });
});
