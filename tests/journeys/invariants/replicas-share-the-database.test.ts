import { ADULT_CARE } from '../../support/definitions.js';
import { runAsOwner } from '../../support/database.js';
import { makeAccessToken, makeCallerKey, makeProof } from '../../support/dpop-caller.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { logFindings, readLog, storyOf } from '../../support/read-log.js';
import { patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const SYSTEM = 'northmoor-council-adult-care';

describe('two replicas on one database (invariant 10)', () => {
  let gateway: SuppliedGateway;
  let urls: [string, string];
  let first: Call;
  let second: Call;
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    urls = [gateway.publicUrl, (await gateway.addReplica()).url];
    first = await gateway.as(SYSTEM, urls[0]);
    second = await gateway.as(SYSTEM, urls[1]);
  });
  afterAll(async () => gateway.stop());

  it('take each proof once between them', async () => {
    const key = await makeCallerKey();
    const now = new Date();
    const issuer = gateway.publicUrl;
    const token = await makeAccessToken(gateway.sandbox.keys, { issuer, clientId: SYSTEM, jkt: key.jkt, now });
    const path = '/v1/data-services';
    const send = async (dpop: string, url: string): Promise<number> =>
      (await fetch(`${url}${path}`, { headers: { authorization: `DPoP ${token}`, dpop } })).status;
    const proof = () => makeProof(key, { method: 'GET', url: `${issuer}${path}`, token, now });
    const used = await proof();
    expect(await send(used, urls[0])).toBe(200);
    expect(await send(used, urls[1])).toBe(401);
    const raced = await proof();
    const statuses = await Promise.all([...urls, ...urls, ...urls].map((url) => send(raced, url)));
    expect(statuses.filter((status) => status === 200)).toEqual([200]);
  });

  it('rely at once on a permission that the other recorded, and at once no more when the other withdrew it', async () => {
    gateway.holds.set('9990000018', patient());
    const query = needsQuery('9990000018');
    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      expect((await other('POST', '/v1/queries', query)).status).toBe(403);
      const given = await one('POST', '/v1/permissions', needsPermission('9990000018'));
      expect((await other('POST', '/v1/queries', query)).status).toBe(200);
      expect((await other('GET', `/v1/permissions/${String(given.body['id'])}`)).body).toEqual(given.body);
      await one('POST', `/v1/permissions/${String(given.body['id'])}/withdraw`);
      expect((await other('POST', '/v1/queries', query)).status).toBe(403);
    }
  });

  it('answer a repeated call from one state, whichever of them it reaches', async () => {
    const headers = { 'idempotency-key': 'one-call' };
    const body = needsPermission('9990000034');
    const answers = await Promise.all(
      [first, second, first, second].map((call) => call('POST', '/v1/permissions', body, headers)),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
    const [counted] = await runAsOwner<{ count: string }>(
      gateway.database.ownerUrl,
      `SELECT count(*) FROM log_entries JOIN log_bodies USING (log_index) WHERE claims::jsonb ->> 'permission' = $1`,
      [answers[0]?.body['id']],
    );
    expect(counted?.count).toBe('1');
  });

  it('both decide on definitions as soon as they are applied, and neither on those before', async () => {
    gateway.holds.set('9990000018', patient());
    await first('POST', '/v1/permissions', needsPermission('9990000018'));
    for (const [version, status] of [
      [2, 403],
      [3, 200],
    ] as const) {
      await gateway.define({
        edit: (file, text) =>
          file === ADULT_CARE
            ? text
                .replace('version: 1', `version: ${version}`)
                .replace('roles: [social-worker]', status === 403 ? 'roles: [team-manager]' : 'roles: [social-worker]')
            : text,
      });
      const answers = await Promise.all([first, second].map((call) => call('POST', '/v1/queries', needsQuery())));
      expect(answers.map((answer) => answer.status)).toEqual([status, status]);
      for (const { body } of answers) {
        const entries = await readLog(gateway.database.ownerUrl, body['exchangeId']);
        expect(new Set(entries.map(({ claims }) => claims.agreement?.version))).toEqual(new Set([version]));
      }
    }
  });

  it('append to one log at the same time, and it verifies', async () => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? first : second)('POST', '/v1/queries', needsQuery())),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    for (const { body } of answers) {
      expect(await storyOf(gateway.database.ownerUrl, body['exchangeId'])).toEqual(['decision: permit', 'disclosed']);
    }
    expect(await logFindings(gateway)).toEqual([]);
    const [one, other] = await Promise.all(urls.map(async (url) => (await fetch(`${url}/v1/log/checkpoint`)).text()));
    expect(one).toBe(other);
  });
});
