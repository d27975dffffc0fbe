import { createPublicKey, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { AlertDeliveries, AlertDetection, AlertsService } from '../../../src/alerts/alerts.module.js';
import { AlertsJob } from '../../../src/alerts/alerts-job.js';
import { MovableClock } from '../../support/access-replica.js';
import { createAuthority } from '../../support/certificates.js';
import { startCommand } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { freePort, needsQuery, type Call } from '../../support/gateway.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { startSupplier, status, type SeenRequest, type SupplierStub } from '../../support/supplier-stub.js';
import { until } from '../../support/until.js';

const COUNCIL = 'northmoor-council';
const TRUST = 'northmoor-nhs-trust';
const DAY_SECONDS = 86_400;

/** The definitions of agencies, with addresses for alerts after the keys of each. */
const withAddresses =
  (addresses: Readonly<Record<string, string>>) =>
  (file: string, text: string): string => {
    if (file !== 'agencies.yaml') return text;
    return text
      .split('---')
      .map((one) => {
        const [, address] = Object.entries(addresses).find(([agency]) => one.includes(`id: ${agency}\n`)) ?? [];
        return address === undefined ? one : one.replace('keys: []', `keys: []\n${address}`);
      })
      .join('---');
  };

const idsOf = ({ seen }: SupplierStub): unknown[] => seen.map(({ headers }) => headers['webhook-id']);

describe('alerts as webhooks', () => {
  const clock = new MovableClock();
  let gateway: SuppliedGateway;
  let council: SupplierStub;
  let trust: SupplierStub;
  let officer: Call;
  beforeAll(async () => {
    council = await startSupplier(status(204));
    trust = await startSupplier(status(204));
    gateway = await startSuppliedGateway(
      {
        edit: withAddresses({
          [COUNCIL]: `alerts: { url: ${council.origin}/gatehouse?of=council }\nsampling: { percentage: 100 }`,
          [TRUST]: `alerts: { url: ${trust.origin}, kinds: [budget-reached] }`,
        }),
      },
      { ALERTS_EVERY_SECONDS: '3600' },
      clock,
    );
    officer = await gateway.as('northmoor-council-ig-1');
  });
  afterAll(async () => {
    await gateway.stop();
    await council.close();
    await trust.close();
  });

  const app = () => gateway.sandbox.gateway.app;
  let number = 0;
  const raise = async (agency: string, kind: 'budget-reached' | 'sampled' = 'budget-reached'): Promise<string> => {
    const about = `raised ${++number}`;
    expect(await app().get(AlertsService).raise({ kind, agency, about, detail: {} })).toBe(true);
    const [row] = await runAsOwner<{ id: string }>(
      gateway.database.ownerUrl,
      'SELECT id FROM alerts WHERE about = $1',
      [about],
    );
    return row!.id;
  };
  const send = (): Promise<void> => app().get(AlertDeliveries).round();
  const attemptsAt = (receiver: SupplierStub, id: string): SeenRequest[] =>
    receiver.seen.filter(({ headers }) => headers['webhook-id'] === id);

  it('go to the address of their agency alone, signed with a key that its officers can read, with no content', async () => {
    const id = await raise(COUNCIL);
    await send();
    await until(() => attemptsAt(council, id).length === 1);
    const [{ method, url, headers, body }] = attemptsAt(council, id) as [SeenRequest];
    expect([method, url, headers['content-type']]).toEqual(['POST', '/gatehouse?of=council', 'application/json']);
    const message = JSON.parse(body) as { timestamp: string };
    expect(message).toEqual({
      type: 'alert.raised',
      timestamp: expect.any(String),
      data: {
        id,
        kind: 'budget-reached',
        agency: COUNCIL,
        link: `${gateway.publicUrl}/v1/alerts/${id}`,
        page: `${gateway.publicUrl}/console/alerts/${id}`,
      },
    });
    const shown = async () =>
      (await officer('GET', '/v1/alert-webhook')).body as { readonly publicKey: string; readonly url: string | null };
    await until(async () => (await shown()).url === `${council.origin}/gatehouse?of=council`);
    const settings = await shown();
    const key = createPublicKey({
      key: {
        kty: 'OKP',
        crv: 'Ed25519',
        x: Buffer.from(settings.publicKey.slice('whpk_'.length), 'base64').toString('base64url'),
      },
      format: 'jwk',
    });
    const [version, signature] = String(headers['webhook-signature']).split(',');
    const signed = `${id}.${String(headers['webhook-timestamp'])}.${body}`;
    expect([version, verify(null, Buffer.from(signed), key, Buffer.from(signature!, 'base64'))]).toEqual(['v1a', true]);
    expect((await officer('GET', new URL(`${gateway.publicUrl}/v1/alerts/${id}`).pathname)).status).toBe(200);
    expect(idsOf(trust)).not.toContain(id);
    const other = await gateway.as('northmoor-nhs-trust-ig-1');
    expect((await other('GET', '/v1/alert-webhook')).body['publicKey']).not.toBe(settings.publicKey);
    const none = await gateway.as('northmoor-fire-ig-1');
    expect((await none('GET', '/v1/alert-webhook')).body).toMatchObject({ url: null, kinds: [] });
  });

  it('are of the kinds that the agency wants; samples only if it says so', async () => {
    const sample = await raise(COUNCIL, 'sampled');
    const unwanted = await raise(TRUST, 'sampled');
    const wanted = await raise(TRUST);
    await send();
    await until(() => idsOf(trust).includes(wanted));
    await send();
    expect([...idsOf(council), ...idsOf(trust)]).not.toContain(sample);
    expect(idsOf(trust)).not.toContain(unwanted);
  });

  it('are sent when they are found', async () => {
    const system = await gateway.as('northmoor-council-adult-care');
    const change = { requestedBy: { staffId: 'sw-77', role: 'social-worker' } };
    for (let i = 0; i < 11; i++) await system('POST', '/v1/queries', needsQuery('9990000026', change));
    const before = council.seen.length;
    await app().get(AlertDetection).round();
    await send();
    await until(() => council.seen.length > before);
    const body = council.seen.at(-1)!.body;
    expect(JSON.parse(body)).toMatchObject({ data: { kind: 'refusals-above-usual', agency: COUNCIL } });
    expect(body).not.toContain('sw-77');
  });

  it('go out once, however many replicas send', async () => {
    const other = await gateway.addReplica(clock);
    const id = await raise(COUNCIL);
    await Promise.all([send(), send(), other.app.get(AlertDeliveries).round(), other.app.get(AlertDeliveries).round()]);
    await until(() => attemptsAt(council, id).length === 1);
    await send();
    expect(attemptsAt(council, id)).toHaveLength(1);
  });

  it.each([
    ['fails', status(500)],
    ['redirects', status(307, { location: 'http://127.0.0.1:1/' })],
  ])(
    'are sent again to a receiver that %s, as the same message at another time, until it takes them',
    async (_what, answer) => {
      council.answer = answer;
      const id = await raise(COUNCIL);
      await send();
      await until(() => attemptsAt(council, id).length === 1);
      await send();
      expect(attemptsAt(council, id)).toHaveLength(1);
      clock.aheadSeconds += 20;
      await send();
      await until(() => attemptsAt(council, id).length === 2);
      council.answer = status(204);
      clock.aheadSeconds += 400;
      await send();
      await until(() => attemptsAt(council, id).length === 3);
      clock.aheadSeconds += DAY_SECONDS;
      await send();
      const attempts = attemptsAt(council, id);
      expect(attempts).toHaveLength(3);
      expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
      const times = attempts.map(({ headers }) => Number(headers['webhook-timestamp']));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(new Set(times).size).toBe(3);
    },
  );

  it('to one receiver do not wait for another that hangs', async () => {
    const held = Promise.withResolvers<ServerResponse>();
    council.answer = (_, response) => held.resolve(response);
    const hanging = await raise(COUNCIL);
    const other = await raise(TRUST);
    const round = send();
    await until(() => attemptsAt(council, hanging).length === 1 && attemptsAt(trust, other).length === 1, 5_000);
    (await held.promise).destroy();
    await round;
    council.answer = status(204);
    clock.aheadSeconds += 20;
    await send();
    await until(() => attemptsAt(council, hanging).length === 2);
  }, 30_000);

  it('are given up after more than a day, and the operator is told, once for each receiver', async () => {
    council.answer = status(503);
    const [id, second] = [await raise(COUNCIL), await raise(COUNCIL)];
    const beganAt = clock.now().getTime();
    const stateOf = async (alert: string) =>
      (
        await runAsOwner<{ dead_at: Date | null }>(
          gateway.database.ownerUrl,
          'SELECT dead_at FROM alert_deliveries WHERE alert = $1',
          [alert],
        )
      )[0]?.dead_at ?? null;
    for (let hours = 0; hours < 60 && ((await stateOf(id)) === null || (await stateOf(second)) === null); hours++) {
      await send();
      clock.aheadSeconds += 3_600;
    }
    const deadAt = await stateOf(id);
    expect((deadAt!.getTime() - beganAt) / 1000).toBeGreaterThan(DAY_SECONDS);
    expect(attemptsAt(council, id)).toHaveLength(8);
    clock.aheadSeconds += 10 * DAY_SECONDS;
    council.answer = status(204);
    await send();
    expect(attemptsAt(council, id)).toHaveLength(8);
    const told = await runAsOwner(
      gateway.database.ownerUrl,
      `SELECT agency, about, detail, status FROM alerts WHERE kind = 'webhook-not-delivered'`,
    );
    expect(told).toEqual([{ agency: null, about: COUNCIL, detail: { recipient: COUNCIL }, status: 'new' }]);
  }, 30_000);

  it('are not sent again to a receiver that wants no more (410)', async () => {
    trust.answer = status(410);
    const id = await raise(TRUST);
    await send();
    await until(() => attemptsAt(trust, id).length === 1);
    clock.aheadSeconds += DAY_SECONDS;
    await send();
    expect(attemptsAt(trust, id)).toHaveLength(1);
    trust.answer = status(204);
  });
});

describe('alerts as webhooks of a gateway in production', () => {
  it('go by https alone, and out again after the replica that sent them was killed', async () => {
    const authority = createAuthority();
    const { certificate, privateKey } = authority.issue('127.0.0.1');
    const receiver = await startSupplier(() => undefined, { cert: certificate, key: privateKey });
    const plain = await startSupplier(status(204));
    const clock = new MovableClock();
    const gateway = await startSuppliedGateway(
      {
        edit: withAddresses({
          [COUNCIL]: `alerts: { url: ${receiver.origin}/in }`,
          [TRUST]: `alerts: { url: ${plain.origin} }`,
        }),
      },
      { ALERTS_EVERY_SECONDS: '3600', PUBLIC_URL: 'https://gateway.test' },
      clock,
    );
    const ca = path.join(gateway.varFolder, 'ca.pem');
    await writeFile(ca, authority.certificate);
    const replica = async () =>
      startCommand(['serve'], {
        PORT: String(await freePort()),
        PUBLIC_URL: gateway.publicUrl,
        GATEHOUSE_VAR: gateway.varFolder,
        GATEHOUSE_KEYS: path.join(gateway.varFolder, 'keys'),
        DATABASE_URL: gateway.sandbox.databaseUrl,
        LOG_LEVEL: 'error',
        NODE_EXTRA_CA_CERTS: ca,
      });
    try {
      // This process does not know the receiver's authority: only the replicas beside it send.
      const { app } = gateway.sandbox.gateway;
      await app.get(AlertsJob).onModuleDestroy();
      for (const agency of [COUNCIL, TRUST]) {
        await app.get(AlertsService).raise({ kind: 'budget-reached', agency, about: 'a budget', detail: {} });
      }
      const first = await replica();
      await until(() => receiver.seen.length === 1);
      first.child.kill('SIGKILL');
      expect((await first.ended).signal).toBe('SIGKILL');
      receiver.answer = status(204);
      const second = await replica();
      await until(() => receiver.seen.length === 2, 40_000);
      const [one, other] = receiver.seen as [SeenRequest, SeenRequest];
      expect(other.headers['webhook-id']).toBe(one.headers['webhook-id']);
      expect(other.body).toBe(one.body);
      await until(async () => {
        const [row] = await runAsOwner(
          gateway.database.ownerUrl,
          'SELECT 1 FROM alert_deliveries WHERE delivered_at IS NOT NULL',
        );
        return row !== undefined;
      });
      expect(plain.seen).toEqual([]);
      second.child.kill('SIGTERM');
      await second.ended;
    } finally {
      await gateway.stop();
      await receiver.close();
      await plain.close();
    }
  }, 90_000);
});
