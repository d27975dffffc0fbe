import { setTimeout as sleep } from 'node:timers/promises';
import { needsPermission, needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog, storyOf } from '../../support/read-log.js';
import { until } from '../../support/until.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const KNOWN = '9990000018';
const OTHER = '9990000034';
const ROUNDS = 10;
/** Exchanges begun on each replica in a round, before the withdrawal and until it is answered. */
const EXCHANGES = 8;

describe('a withdrawal, with two replicas (invariant 6)', () => {
  let gateway: SuppliedGateway;
  let replicas: [Call, Call];
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    const second = await gateway.addReplica();
    const system = 'northmoor-council-adult-care';
    replicas = [await gateway.as(system), await gateway.as(system, second.url)];
  });
  afterAll(async () => gateway.stop());

  const log = () => readLog(gateway.database.ownerUrl);
  const give = async (nhsNumber: string, change: object = {}): Promise<string> => {
    const { status, body } = await replicas[0]('POST', '/v1/permissions', needsPermission(nhsNumber, change));
    expect(status).toBe(201);
    return String(body['id']);
  };
  const withdraw = async (permission: string, by: Call = replicas[1]): Promise<void> => {
    const { body } = await by('POST', `/v1/permissions/${permission}/withdraw`);
    expect(body).toMatchObject({ state: 'withdrawn' });
  };
  const relyingOn = async (permission: string) =>
    (await log()).filter(({ detail }) => detail.permissions?.includes(permission));

  it('is relied on by no exchange that is recorded after it, and by none that begins after its answer, on any replica', async () => {
    let caughtInBetween = 0;
    let disclosed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      gateway.holds.set(KNOWN, (...args) => void sleep(Math.random() * 40).then(() => patient()(...args)));
      const permission = await give(KNOWN);
      const begun: Promise<{ sentAt: number; answer: Answer }>[] = [];
      let withdrawnAt: number | undefined;
      let answered = 0;
      const ask = async (call: Call) => {
        const sentAt = performance.now();
        const answer = await call('POST', '/v1/queries', needsQuery(KNOWN));
        answered++;
        return { sentAt, answer };
      };
      const asking = Promise.all(
        replicas.map(async (call) => {
          for (let count = 0; count < EXCHANGES; count++) {
            begun.push(ask(call));
            await sleep(5);
          }
          // One more on each replica, certain to begin after the answer.
          while (withdrawnAt === undefined) await sleep(1);
          begun.push(ask(call));
        }),
      );
      // In the middle of them, however fast the machine is: after none, one, two or three of their answers.
      await until(() => begun.length > 0 && answered >= round % 4);
      await withdraw(permission, replicas[round % 2]);
      withdrawnAt = performance.now();
      await asking;
      const answers = await Promise.all(begun);

      for (const { sentAt, answer } of answers) {
        if (answer.status === 200) expect(sentAt).toBeLessThan(withdrawnAt);
        else {
          expect(answer.body).toMatchObject({
            status: 403,
            decision: { outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'] },
          });
          expect(answer.body).not.toHaveProperty('data');
        }
      }
      const entries = await log();
      const withdrawal = entries.find(
        ({ kind, claims }) => kind === 'permission-withdrawn' && claims.permission === permission,
      );
      const relying = entries.filter(({ detail }) => detail.permissions?.includes(permission));
      const released = relying.filter(({ claims }) => claims.outcome?.result === 'disclosed');
      for (const { index } of released) expect(index).toBeLessThan(withdrawal?.index ?? -1);
      expect(released.length).toBe(answers.filter(({ answer }) => answer.status === 200).length);
      const lapsed = relying.filter(({ claims }) => claims.outcome?.result === 'permit-lapsed');
      for (const { index } of lapsed) expect(index).toBeGreaterThan(withdrawal?.index ?? Infinity);
      disclosed += released.length;
      caughtInBetween += lapsed.length;
    }
    // The rounds did meet both sides of the window between decision and release.
    expect(disclosed).toBeGreaterThan(0);
    expect(caughtInBetween).toBeGreaterThan(0);
  });

  it.each([0, 1])(
    'refuses what is under way on replica %i, whatever the supplier answered by then',
    async (replica) => {
      const permission = await give(KNOWN);
      const { answer, asked, release } = held(patient());
      gateway.holds.set(KNOWN, answer);
      const asking = replicas[replica]!('POST', '/v1/queries', needsQuery(KNOWN));
      await Promise.race([asked, asking]);
      await withdraw(permission, replicas[0]);
      release();
      const { body, text } = await asking;
      expect(body).toMatchObject({ status: 403, code: 'DISCLOSURE_REFUSED' });
      expect(text).not.toContain('Casey');
      const entries = await readLog(gateway.database.ownerUrl, body['exchangeId']);
      expect(entries.map(({ claims }) => claims.outcome ?? claims.decision.outcome)).toMatchObject([
        'permit',
        { result: 'permit-lapsed', released: [], cause: 'permission-withdrawn' },
      ]);
    },
  );

  it.each([
    ['all of it', '*', false],
    ['an item that was asked for', 'assessed-needs', false],
    ['an item that was not asked for', 'risk-summary', true],
  ])('binds what is under way by a refusal just the same: of %s', async (_what, item, released) => {
    const permission = await give(KNOWN);
    const { answer, asked, release } = held(patient());
    gateway.holds.set(KNOWN, answer);
    const asking = replicas[0]('POST', '/v1/queries', needsQuery(KNOWN, { dataItems: ['assessed-needs'] }));
    await Promise.race([asked, asking]);
    const no = { answer: 'refused', validUntil: undefined, items: [`northmoor-nhs-trust/assessed-needs#${item}`] };
    expect((await replicas[1]('POST', '/v1/permissions', needsPermission(KNOWN, no))).status).toBe(201);
    release();
    const { status, body } = await asking;
    expect(status).toBe(released ? 200 : 403);
    const outcome = (await readLog(gateway.database.ownerUrl, body['exchangeId'])).at(-1);
    expect(outcome?.claims.outcome).toMatchObject(
      released ? { result: 'disclosed' } : { result: 'permit-lapsed', released: [], cause: 'permission-withdrawn' },
    );
    await withdraw(permission);
  });

  it('leaves an exchange under way that can rely on a later permission, and the record names that one', async () => {
    const first = await give(KNOWN);
    const { answer, asked, release } = held(patient());
    gateway.holds.set(KNOWN, answer);
    const asking = replicas[0]('POST', '/v1/queries', needsQuery(KNOWN));
    await Promise.race([asked, asking]);
    await withdraw(first);
    const second = await give(KNOWN);
    release();
    const { status, body } = await asking;
    expect(status).toBe(200);
    const [decision, outcome] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
    expect(decision?.detail.permissions).toEqual([first]);
    expect(outcome?.detail.permissions).toEqual([second]);
    await withdraw(second);
  });

  it('cannot be gone behind by naming an earlier permission', async () => {
    gateway.holds.set(OTHER, patient());
    const earlier = await give(OTHER);
    const later = await give(OTHER);
    const naming = (permission: string) => replicas[0]('POST', '/v1/queries', needsQuery(OTHER, { permission }));
    expect((await naming(earlier)).status).toBe(200);
    await withdraw(later);
    for (const permission of [earlier, later]) {
      expect((await naming(permission)).body).toMatchObject({
        status: 403,
        decision: { reasonCodes: ['DENY_CONSENT_REQUIRED'] },
      });
    }
    expect((await relyingOn(later)).length).toBe(0);
  });

  it('is complete when it is answered: nothing is under way that is not on record', async () => {
    const decided = (await log()).filter(
      ({ kind, claims }) => kind === 'decision' && claims.decision.outcome !== 'deny',
    );
    const stories = await Promise.all(decided.map(({ exchangeId }) => storyOf(gateway.database.ownerUrl, exchangeId)));
    expect(stories.filter((story) => story.length !== 2)).toEqual([]);
    expect(await logFindings(gateway)).toEqual([]);
  });
});
