import { randomUUIDv7 as uuid } from 'node:crypto';
import { runAsOwner } from '../../support/database.js';
import { ADULT_CARE } from '../../support/definitions.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { status as answersWith } from '../../support/supplier-stub.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const SERVICE = 'northmoor-nhs-trust/assessed-needs';
const [KNOWN, OTHER, THIRD, FOURTH] = ['9990000018', '9990000034', '9990000042', '9990000115'] as const;
const UNKNOWN = '9990000026';
const ROUTE = '/v1/withdrawal-notices';

interface Notice {
  readonly id: string;
  readonly exchanges: readonly { readonly exchangeId: string }[];
}

/** The leg of the sandbox's agreement, but for its last item, is told of withdrawals; that item has a leg of its own. */
const told = (text: string): string => {
  const [head = '', leg = ''] = text.replace('version: 1', 'version: 2').split('legs:\n');
  const items = /items: \[.*\]/;
  return [
    head,
    'legs:\n',
    leg.replace(items, 'items: [assessed-needs, risk-summary, address, address-suppressed]'),
    '    tellOfWithdrawal: true\n',
    leg.replace(items, 'items: [care-coordinator]').replace('id: trust-to-council', 'id: coordinator-to-council'),
  ].join('');
};

describe('notices of withdrawals, with two replicas', () => {
  let gateway: SuppliedGateway;
  let council: [Call, Call];
  let trust: [Call, Call];
  let others: Call[];
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    const second = (await gateway.addReplica()).url;
    const as = async (system: string): Promise<[Call, Call]> => [
      await gateway.as(system),
      await gateway.as(system, second),
    ];
    council = await as('northmoor-council-adult-care');
    trust = await as('northmoor-nhs-trust-records');
    others = [trust[0], await gateway.as('northmoor-fire-control'), await gateway.as('eastvale-council-adult-care')];
    for (const person of [KNOWN, OTHER, THIRD, FOURTH]) gateway.holds.set(person, patient());
  });
  afterAll(async () => gateway.stop());

  const give = async (person: string, change: object = {}): Promise<string> => {
    const { status, body } = await trust[0]('POST', '/v1/permissions', needsPermission(person, change));
    expect(status).toBe(201);
    return String(body['id']);
  };
  const refuse = (person: string) => give(person, { answer: 'refused', validUntil: undefined });
  const withdraw = async (permission: string, call = trust[1]): Promise<string> => {
    const { status, body } = await call('POST', `/v1/permissions/${permission}/withdraw`);
    expect(status).toBe(200);
    return String(body['withdrawnAt']);
  };
  const ask = (person: string, call = council[0], change: object = {}) =>
    call('POST', '/v1/queries', needsQuery(person, change));
  const disclose = async (person: string, call = council[0], change: object = {}): Promise<string> => {
    const { status, body } = await ask(person, call, change);
    expect(status).toBe(200);
    return String(body['exchangeId']);
  };
  const notices = async (call = council[0], query = ''): Promise<Notice[]> => {
    const { status, body } = await call('GET', `${ROUTE}${query}`);
    expect(status).toBe(200);
    return body['notices'] as Notice[];
  };
  const acknowledge = (id: string, call = council[0]) => call('POST', `${ROUTE}/${id}/acknowledge`);
  const uses = () =>
    runAsOwner<{ permission: string; exchange_id: string }>(
      database(),
      'SELECT permission, exchange_id FROM permission_uses',
    );
  const database = (): string => gateway.database.ownerUrl;
  const exchangesOf = ({ exchanges }: Notice): string[] => exchanges.map(({ exchangeId }) => exchangeId);

  it('are not given, and no use is kept, under a leg that does not say so', async () => {
    const permission = await give(KNOWN);
    await disclose(KNOWN);
    await withdraw(permission);
    expect(await uses()).toEqual([]);
    expect(await notices()).toEqual([]);
    await gateway.define({ edit: (file, text) => (file === ADULT_CARE ? told(text) : text) });
  });

  it('are there for the recipient from the answer to the withdrawal on, on each replica, and name nobody', async () => {
    // Whoever may receive is not who did.
    const permission = await give(KNOWN, { recipients: ['northmoor-council', 'northmoor-fire', 'eastvale-council'] });
    const exchanges = [await disclose(KNOWN), await disclose(KNOWN, council[1])];
    expect(await notices()).toEqual([]);
    const endedAt = await withdraw(permission);
    for (const call of council) {
      const { body } = await call('GET', ROUTE);
      expect(body).toEqual({
        notices: [
          {
            id: permission,
            permissionKind: 'confidentiality',
            purpose: 'adult-social-care',
            ended: 'withdrawn',
            endedAt,
            exchanges: exchanges.map((exchangeId) => ({
              exchangeId,
              dataService: SERVICE,
              disclosedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
            })),
            acknowledgedAt: null,
          },
        ],
        nextCursor: null,
      });
    }
  });

  it('are nobody else’s: not the supplier’s, and what is not yours looks like what is not there', async () => {
    const [notice] = await notices();
    for (const call of others) {
      expect(await notices(call)).toEqual([]);
      expect(await notices(call, '?acknowledged=true')).toEqual([]);
      const [foreign, none, noId] = await Promise.all(
        [notice!.id, uuid(), 'no-id'].map(async (id) => {
          const { status, body } = await acknowledge(id, call);
          return { status, body: { ...body, instance: undefined } };
        }),
      );
      expect(foreign).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      expect(none).toEqual(foreign);
      expect(noId).toEqual(foreign);
    }
    expect(await notices()).toHaveLength(1);
  });

  it('are taken note of once, however many systems do so at the same time, with one entry in the log', async () => {
    const [notice] = await notices();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => acknowledge(notice!.id, council[i % 2])));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ ...notice, acknowledgedAt: expect.stringMatching(/Z$/) as string });
    expect(await notices()).toEqual([]);
    expect(await notices(council[1], '?acknowledged=true')).toEqual([answers[0]?.body]);
    const entries = (await readLog(database())).filter(({ kind }) => kind === 'withdrawal-acknowledged');
    expect(entries.map(({ claims, detail }) => ({ claims, detail }))).toEqual([
      {
        claims: {
          kind: 'withdrawal-acknowledged',
          at: answers[0]?.body['acknowledgedAt'],
          notice: notice!.id,
          acknowledgedBy: { agency: 'northmoor-council', system: 'northmoor-council-adult-care' },
        },
        detail: {},
      },
    ]);
  });

  it('come of a refusal that takes the permission’s place', async () => {
    await give(OTHER);
    const exchange = await disclose(OTHER, council[1]);
    const id = await refuse(OTHER);
    const [notice] = await notices();
    expect(notice).toMatchObject({ id, ended: 'refused', exchanges: [{ exchangeId: exchange }] });
    expect((await acknowledge(id)).status).toBe(200);
  });

  it('reach back to every permission that the withdrawn one took the place of', async () => {
    await give(THIRD);
    const first = await disclose(THIRD);
    await give(THIRD);
    const second = await disclose(THIRD);
    const newest = await give(THIRD);
    expect(await notices()).toEqual([]);
    await withdraw(newest);
    const [notice, ...more] = await notices();
    expect(more).toEqual([]);
    expect({ id: notice!.id, exchanges: exchangesOf(notice!) }).toEqual({ id: newest, exchanges: [first, second] });
    expect((await acknowledge(newest)).status).toBe(200);
  });

  it('tell of every exchange again when the person agreed once more and then said no, also of those that were taken note of', async () => {
    const [earlier] = (await notices(council[0], '?acknowledged=true')).slice(-1);
    const permission = await give(THIRD);
    const exchange = await disclose(THIRD);
    await withdraw(permission);
    const [notice, ...more] = await notices();
    expect(more).toEqual([]);
    expect(exchangesOf(notice!)).toEqual([...exchangesOf(earlier!), exchange]);
    expect((await acknowledge(permission)).status).toBe(200);
  });

  it('tell of a person whom the supplier does not know as of any other', async () => {
    const permission = await give(UNKNOWN);
    const exchange = await disclose(UNKNOWN);
    await withdraw(permission);
    const [notice] = await notices();
    expect(exchangesOf(notice!)).toEqual([exchange]);
    expect((await acknowledge(permission)).status).toBe(200);
  });

  it('leave out the items of another leg, and whatever was not released', async () => {
    const before = (await uses()).length;
    const coordinator = { dataItems: ['care-coordinator'] };
    const permission = await give(FOURTH);
    await disclose(FOURTH, council[0], coordinator);
    gateway.holds.set(FOURTH, answersWith(500));
    expect((await ask(FOURTH)).status).toBe(502);
    const { answer, asked, release } = held(patient());
    gateway.holds.set(FOURTH, answer);
    const asking = ask(FOURTH);
    await Promise.race([asked, asking]);
    await withdraw(permission);
    release();
    expect((await asking).status).toBe(403);
    gateway.holds.set(FOURTH, patient());
    expect((await ask(FOURTH)).status).toBe(403);
    expect(await uses()).toHaveLength(before);
    expect(await notices()).toEqual([]);
  });

  it('are read page by page, the earliest first, each once', async () => {
    const permissions: string[] = [];
    for (const person of [KNOWN, OTHER, THIRD]) {
      const permission = await give(person);
      await disclose(person);
      permissions.push(permission);
      await withdraw(permission);
    }
    const read: string[] = [];
    let query = '?limit=1';
    for (let page = 0; page < permissions.length; page++) {
      const { body } = await council[page % 2]!('GET', `${ROUTE}${query}`);
      const { notices: found, nextCursor } = body as unknown as { notices: Notice[]; nextCursor: string | null };
      read.push(...found.map(({ id }) => id));
      expect(nextCursor === null).toBe(page === permissions.length - 1);
      query = `?limit=1&after=${nextCursor}`;
    }
    expect(read).toEqual(permissions);
    expect((await council[0]('GET', `${ROUTE}?limit=1000`)).body).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('leave the log whole', async () => {
    expect(await logFindings(gateway)).toEqual([]);
  });
});
