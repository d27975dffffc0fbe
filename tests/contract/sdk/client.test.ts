import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import {
  GatehouseClient,
  GatehouseProblem,
  GatehouseUnreachable,
  TokenRefused,
  verifyReceipt,
  type PrivateKey,
} from '../../../sdk/index.js';
import { runAsOwner } from '../../support/database.js';
import {
  needsPermission,
  needsQuery,
  premisesQuery,
  startTestGateway,
  type TestGateway,
} from '../../support/gateway.js';
import { clientOf, turnedAway, Wire } from '../../support/sdk-client.js';

const FIRE = 'northmoor-fire-control';
const COUNCIL = 'northmoor-council-adult-care';
const TRUST = 'northmoor-nhs-trust-records';

describe('the SDK against a gateway', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  const make = async (system: string, options = {}): Promise<{ client: GatehouseClient; wire: Wire }> => {
    const wire = new Wire();
    return { client: await clientOf(gateway.sandbox, system, { fetch: wire.fetch, ...options }), wire };
  };
  const jtis = (wire: Wire, path: string): unknown[] =>
    wire.to(path).map(({ headers }) => decodeJwt(headers.get('dpop') ?? '')['jti']);
  const entries = async (): Promise<number> => {
    const sql = 'SELECT count(*)::int AS count FROM log_entries';
    const [row] = await runAsOwner<{ count: number }>(gateway.database.ownerUrl, sql);
    return row?.count ?? -1;
  };

  it('gets what may be disclosed, with a receipt that it verifies offline', async () => {
    const { client } = await make(FIRE);
    const keys = await client.fetchKeys();
    const answer = await client.query(premisesQuery());
    expect(Object.keys(answer.data)).toEqual(['hazards', 'access-notes']);
    expect(await verifyReceipt(answer.receipt, keys)).toMatchObject({
      valid: true,
      issuer: gateway.publicUrl,
      claims: { kind: 'outcome', exchangeId: answer.exchangeId, outcome: { result: 'disclosed' } },
    });
    const of = { ...keys, receipts: [] };
    expect(await verifyReceipt(answer.receipt, of)).toMatchObject({ valid: false, failed: 'signature' });
  });

  it('throws a refusal with its reason codes, the items withheld and a receipt that holds', async () => {
    const { client } = await make(COUNCIL);
    const error = await client.query(needsQuery()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GatehouseProblem);
    const { code, status, reasonCodes, withheld, receipt, exchangeId } = error as GatehouseProblem;
    expect({ code, status, reasonCodes }).toEqual({
      code: 'DISCLOSURE_REFUSED',
      status: 403,
      reasonCodes: ['DENY_CONSENT_REQUIRED'],
    });
    expect(withheld).toContainEqual({ dataItem: 'assessed-needs', reason: 'DENY_CONSENT_REQUIRED' });
    expect(await verifyReceipt(receipt ?? '', await client.fetchKeys())).toMatchObject({
      valid: true,
      claims: { exchangeId, decision: { outcome: 'deny' } },
    });
  });

  it('throws a bad request with pointers to what is wrong in it, and without its values', async () => {
    const { client } = await make(COUNCIL);
    const error = await client.query(needsQuery('9990000019')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'IDENTIFIER_INVALID', pointers: ['/subject/identifiers/0/value'] });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('9990000019');
  });

  it('asks for one token for many calls at once, and makes a proof of its own for each', async () => {
    const { client, wire } = await make(FIRE);
    await Promise.all(Array.from({ length: 10 }, () => client.listDataServices()));
    await client.listDataServices();
    expect(wire.to('/oauth/token')).toHaveLength(1);
    expect(new Set(jtis(wire, '/v1/data-services')).size).toBe(11);
  });

  it('repeats a query that the gateway turned away, with a fresh proof and not before Retry-After', async () => {
    const { client, wire } = await make(FIRE);
    const at: number[] = [];
    wire.interfere = ({ path }) => {
      if (path !== '/v1/queries') return undefined;
      at.push(performance.now());
      return at.length === 1 ? turnedAway('SYSTEM_OVER_SHARE', 429, { 'retry-after': '1' }) : undefined;
    };
    expect((await client.query(premisesQuery())).decision.outcome).toBe('permit');
    expect(new Set(jtis(wire, '/v1/queries')).size).toBe(2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(990);
  });

  it('gives up at once when the wait that is asked for passes the time limit', async () => {
    const { client, wire } = await make(FIRE, { timeLimitMs: 5_000 });
    wire.interfere = ({ path }) =>
      path === '/v1/queries' ? turnedAway('LOG_UNAVAILABLE', 503, { 'retry-after': '60' }) : undefined;
    await expect(client.query(premisesQuery())).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', status: 503 });
    expect(wire.to('/v1/queries')).toHaveLength(1);
  });

  it('repeats a bounded number of times', async () => {
    const { client, wire } = await make(FIRE, { repeats: 2 });
    wire.interfere = ({ path }) =>
      path === '/v1/queries' ? turnedAway('GATEWAY_BUSY', 503, { 'retry-after': '0' }) : undefined;
    await expect(client.query(premisesQuery())).rejects.toMatchObject({ code: 'GATEWAY_BUSY' });
    expect(wire.to('/v1/queries')).toHaveLength(3);
  });

  it('does not repeat a query whose answer was lost: it may be on record as disclosed', async () => {
    const { client, wire } = await make(FIRE);
    const before = await entries();
    wire.interfere = async ({ path }, carry) => {
      if (path !== '/v1/queries') return undefined;
      await carry();
      throw new TypeError('fetch failed');
    };
    const error = await client.query(premisesQuery()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GatehouseUnreachable);
    expect(error).toMatchObject({ reason: 'connection' });
    expect(wire.to('/v1/queries')).toHaveLength(1);
    expect(await entries()).toBe(before + 2);
  });

  it('does not repeat a query after a 503 of something in between', async () => {
    const { client, wire } = await make(FIRE);
    wire.interfere = ({ path }) => (path === '/v1/queries' ? new Response('no upstream', { status: 503 }) : undefined);
    await expect(client.query(premisesQuery())).rejects.toMatchObject({ reason: 'not-a-gateway' });
    expect(wire.to('/v1/queries')).toHaveLength(1);
  });

  it('records a permission once although its answer is lost, by a key that it keeps over repeats', async () => {
    const { client, wire } = await make(TRUST);
    const before = await entries();
    wire.interfere = async ({ path }, carry) => {
      if (path !== '/v1/permissions' || wire.to(path).length > 1) return undefined;
      await carry();
      throw new TypeError('fetch failed');
    };
    const permission = await client.recordPermission(permissionFor('9990000050'));
    const keys = wire.to('/v1/permissions').map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(await entries()).toBe(before + 1);
    expect(await client.getPermission(permission.id)).toEqual(permission);
  });

  it('makes another key for another permission, and uses the one that it is given', async () => {
    const { client, wire } = await make(TRUST);
    const wanted = permissionFor('9990000069');
    await client.recordPermission(wanted);
    await client.recordPermission(wanted);
    const idempotencyKey = randomUUID();
    const first = await client.recordPermission(wanted, { idempotencyKey });
    const again = await client.recordPermission(wanted, { idempotencyKey });
    const keys = wire.to('/v1/permissions').map(({ headers }) => headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(3);
    expect(again.id).toBe(first.id);
  });

  it('withdraws a permission, and withdrawing again changes nothing', async () => {
    const { client } = await make(TRUST);
    const { id } = await client.recordPermission(permissionFor('9990000077'));
    const withdrawn = await client.withdrawPermission(id);
    expect(withdrawn.state).toBe('withdrawn');
    expect(await client.withdrawPermission(id)).toEqual(withdrawn);
  });

  it('ends a call when its signal aborts, with the reason of the signal', async () => {
    const { client, wire } = await make(FIRE);
    const abort = new AbortController();
    const reason = new Error('nobody waits any more');
    wire.interfere = ({ path }) => {
      if (path === '/v1/queries') abort.abort(reason);
      return undefined;
    };
    await expect(client.query(premisesQuery(), { signal: abort.signal })).rejects.toBe(reason);
    await expect(client.query(premisesQuery(), { signal: abort.signal })).rejects.toBe(reason);
  });

  it('leaves the token to others when one caller aborts while it is asked for', async () => {
    const { client, wire } = await make(FIRE);
    const abort = new AbortController();
    wire.interfere = ({ path }) => {
      if (path === '/oauth/token') abort.abort(new Error('gone'));
      return undefined;
    };
    const [gone, stayed] = await Promise.allSettled([
      client.listDataServices({}, { signal: abort.signal }),
      client.listDataServices(),
    ]);
    expect([gone.status, stayed.status]).toEqual(['rejected', 'fulfilled']);
    expect(wire.to('/oauth/token')).toHaveLength(1);
  });

  it('ends a call at its time limit', async () => {
    const { client, wire } = await make(FIRE);
    wire.interfere = async ({ path, signal }) => (path === '/v1/queries' ? await hangUntil(signal) : undefined);
    const call = client.query(premisesQuery(), { timeLimitMs: 150 });
    await expect(call).rejects.toMatchObject({ name: 'GatehouseUnreachable', reason: 'time-limit' });
  });

  it('gets a new token, once, when the gateway no longer takes the one it has', async () => {
    const { client, wire } = await make(FIRE);
    wire.interfere = ({ path, headers }) => {
      const first = wire.to('/v1/queries')[0]?.headers.get('authorization');
      return path === '/v1/queries' && headers.get('authorization') === first
        ? turnedAway('TOKEN_INVALID', 401, { 'www-authenticate': 'DPoP error="invalid_token"' })
        : undefined;
    };
    expect((await client.query(premisesQuery())).decision.outcome).toBe('permit');
    wire.interfere = ({ path }) => (path === '/v1/queries' ? turnedAway('TOKEN_INVALID', 401) : undefined);
    await expect(client.query(premisesQuery())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(wire.to('/v1/queries')).toHaveLength(4);
  });

  it('repeats a token request that was turned away, with another assertion', async () => {
    const { client, wire } = await make(FIRE);
    wire.interfere = ({ path }) =>
      path === '/oauth/token' && wire.to(path).length === 1
        ? Response.json({ error: 'temporarily_unavailable' }, { status: 503, headers: { 'retry-after': '0' } })
        : undefined;
    expect((await client.listDataServices()).dataServices.length).toBeGreaterThan(0);
    expect(new Set(jtis(wire, '/oauth/token')).size).toBe(2);
  });

  it('says so when the system or its key is not registered', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const { client } = await make(FIRE, { privateKey: stranger as PrivateKey });
    const error = await client.listDataServices().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TokenRefused);
    expect(error).toMatchObject({ error: 'invalid_client', status: 401 });
  });

  it('names the right address when a gateway is spoken to by another than its public URL', async () => {
    const other = gateway.publicUrl.replace('127.0.0.1', 'localhost');
    const { client } = await make(FIRE, { baseUrl: other });
    await expect(client.listDataServices()).rejects.toThrow(`give ${gateway.publicUrl} as baseUrl`);
  });

  it('passes the trace context on', async () => {
    const { client, wire } = await make(FIRE);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await client.query(premisesQuery(), { traceparent });
    expect(wire.to('/v1/queries')[0]?.headers.get('traceparent')).toBe(traceparent);
  });

  it('reads the log’s keys and checkpoint without asking for a token', async () => {
    const { client, wire } = await make(FIRE);
    const { checkpoint } = await client.fetchKeys();
    expect((await client.fetchCheckpoint()).split('\n')[0]).toBe(checkpoint.split('+')[0]);
    expect(wire.to('/oauth/token')).toEqual([]);
  });

  it('proves an entry of one’s own agency, and no other', async () => {
    const { client } = await make(FIRE);
    const verified = await verifyReceipt((await client.query(premisesQuery())).receipt, await client.fetchKeys());
    const index = verified.valid ? verified.index : -1;
    expect(await client.proveEntry(index)).toMatchObject({ index });
    const { client: council } = await make('eastvale-council-adult-care');
    await expect(council.proveEntry(index)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes headers for another HTTP client, which hold once', async () => {
    const { client } = await make(FIRE);
    const headers = { ...(await client.headersFor('get', '/v1/data-services')) };
    const send = async (): Promise<number> =>
      (await fetch(`${gateway.publicUrl}/v1/data-services`, { headers })).status;
    expect([await send(), await send()]).toEqual([200, 401]);
  });

  it('offers every operation of the API, typed, with the same tokens and proofs', async () => {
    const { client } = await make(FIRE);
    const { data, error, response } = await client.api.GET('/v1/data-services', { params: { query: { limit: 1 } } });
    expect([response.status, data?.dataServices.length, error]).toEqual([200, 1, undefined]);
  });
});

/** Does not answer, and ends as `fetch` does when its signal aborts, or has aborted. */
const hangUntil = async (signal: AbortSignal | undefined): Promise<Response> => {
  signal?.throwIfAborted();
  return await new Promise<Response>((_, reject) =>
    signal?.addEventListener('abort', () => reject(signal.reason as Error)),
  );
};

const permissionFor = (nhsNumber: string) => {
  const permission = needsPermission(nhsNumber);
  return { ...permission, kind: 'confidentiality', givenBy: 'self', capacity: 'own', method: 'in-person' } as const;
};
