import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import * as client from 'openid-client';
import { randomUUID } from 'node:crypto';
import type { PublicJwk } from '../../../src/agencies/index.js';
import { MovableClock, startReplica, type Replica } from '../../support/access-replica.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { makeCallerKey, makeProof, type CallerKey } from '../../support/dpop-caller.js';
import { openFrontDoor, type FrontDoor } from '../../support/front-door.js';
import { makeTestKeys } from '../../support/test-keys.js';

const CLIENT = 'northmoor-council-adult-care';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe('the token endpoint of two replicas', () => {
  let database: TestDatabase;
  let door: FrontDoor;
  let systemKey: CallerKey;
  const replicas: Replica[] = [];
  const clients = new Map();
  const printed = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const consoles = printed.map((name) => jest.spyOn(console, name));

  beforeAll(async () => {
    database = await createTestDatabase();
    door = await openFrontDoor();
    systemKey = await makeCallerKey();
    const jwk = { ...systemKey.jwk, kid: 'system-key', alg: 'ES256' } as PublicJwk;
    clients.set(CLIENT, { id: CLIENT, agency: 'northmoor-council', name: 'Adult social care', keys: [jwk] });
    const shared = {
      publicUrl: door.url,
      databaseUrl: database.applicationUrl,
      keys: makeTestKeys(),
      clients,
      clock: new MovableClock(),
    };
    replicas.push(await startReplica(shared), await startReplica(shared));
    door.replicas.push(...replicas.map((replica) => replica.url));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await door.close();
    await database.drop();
  });

  const discover = (key: CryptoKey = systemKey.privateKey, kid = 'system-key'): Promise<client.Configuration> =>
    client.discovery(new URL(door.url), CLIENT, undefined, client.PrivateKeyJwt({ key, kid }), {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });

  const makeAssertion = (
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
  ): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: CLIENT,
      sub: CLIENT,
      aud: door.url,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'system-key', ...header })
      .sign(systemKey.privateKey);
  };
  const makeTokenProof = async (key?: CallerKey, claims: Record<string, unknown> = {}): Promise<string> =>
    makeProof(
      key ?? (await makeCallerKey()),
      { method: 'POST', url: `${door.url}/oauth/token`, token: '', now: new Date() },
      { claims: { ath: undefined, ...claims } },
    );
  const ask = async (
    to: string,
    body: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${to}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const grant = (assertion: string, more: Record<string, string> = {}): Record<string, string> => ({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
    ...more,
  });

  it('publishes RFC 8414 metadata that announces what is served and nothing else', async () => {
    const response = await fetch(`${replicas[0]!.url}/.well-known/oauth-authorization-server`);
    expect(await response.json()).toEqual({
      issuer: door.url,
      token_endpoint: `${door.url}/oauth/token`,
      jwks_uri: `${door.url}/oauth/jwks`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256'],
    });
  });

  it.each([
    ['GET', '/oauth/auth'],
    ['GET', '/auth'],
    ['GET', '/me'],
    ['GET', '/oauth/me'],
    ['POST', '/reg'],
    ['POST', '/request'],
    ['POST', '/token/introspection'],
    ['POST', '/session/end/confirm'],
    ['GET', '/.well-known/openid-configuration'],
    ['GET', '/interaction/x'],
  ])('serves no %s %s', async (method, path) => {
    const response = await fetch(door.url + path, { method });
    expect([response.status, response.headers.get('gatehouse-error')]).toEqual([404, 'NOT_FOUND']);
  });

  it.each(['ES256', 'Ed25519', 'PS256'])(
    'lets openid-client call a protected route with a proof key of %s',
    async (alg) => {
      const config = await discover();
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(alg));
      for (const parameters of [undefined, { resource: door.url }, { resource: `${door.url}/` }]) {
        const tokens = await client.clientCredentialsGrant(config, parameters, { DPoP });
        expect(tokens).toMatchObject({ token_type: 'dpop', expires_in: 300 });
        const url = new URL(`${door.url}/v1/who?x=1`);
        const response = await client.fetchProtectedResource(config, tokens.access_token, url, 'GET', null, undefined, {
          DPoP,
        });
        expect(await response.json()).toEqual({ system: CLIENT, agency: 'northmoor-council' });
      }
    },
  );

  it.each(['Ed25519', 'PS256'])('authenticates a system by a key of %s', async (alg) => {
    const { privateKey, jwk } = await makeCallerKey(alg);
    const registered = clients.get(CLIENT);
    clients.set(CLIENT, { ...registered, keys: [{ ...jwk, kid: 'other-key' } as PublicJwk] });
    try {
      const config = await discover(privateKey, 'other-key');
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      expect(await client.clientCredentialsGrant(config, undefined, { DPoP })).toMatchObject({ expires_in: 300 });
    } finally {
      clients.set(CLIENT, registered);
    }
  });

  it('issues an RFC 9068 token that carries who called and nothing else', async () => {
    const config = await discover();
    const key = await makeCallerKey();
    const DPoP = client.getDPoPHandle(config, { privateKey: key.privateKey, publicKey: await publicKeyOf(key.jwk) });
    const { access_token: token } = await client.clientCredentialsGrant(config, undefined, { DPoP });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    const claims = decodeJwt(token);
    expect(claims).toEqual({
      iss: door.url,
      aud: door.url,
      sub: CLIENT,
      client_id: CLIENT,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      cnf: { jkt: key.jkt },
    });
    expect(claims.exp! - claims.iat!).toBe(300);
  });

  it('publishes the public half of the token key and no more', async () => {
    const response = await fetch(`${door.url}/oauth/jwks`);
    const { keys } = (await response.json()) as { keys: JWK[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('refuses a request without a DPoP proof', async () => {
    expect(await ask(door.url, grant(await makeAssertion()))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it.each([
    ['a client_secret in the body', { grant_type: 'client_credentials', client_id: CLIENT, client_secret: 'x' }, {}],
    [
      'a client_secret in the header',
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${Buffer.from(`${CLIENT}:x`).toString('base64')}` },
    ],
  ])('refuses %s', async (_, body, headers) => {
    const answer = await ask(door.url, body, { ...headers, dpop: await makeTokenProof() });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each<[string, (issuer: string, now: number) => Record<string, unknown>]>([
    ['made for another issuer', () => ({ aud: 'https://gatehouse.example/' })],
    ['made for the token endpoint', (issuer) => ({ aud: `${issuer}/oauth/token` })],
    ['made for this issuer and another', (issuer) => ({ aud: [issuer, 'https://gatehouse.example/'] })],
    ['that has expired', (_, now) => ({ exp: now - 60 })],
    ['that expires in an hour', (_, now) => ({ exp: now + 3600 })],
    ['issued in the future', (_, now) => ({ iat: now + 60 })],
    ['without jti', () => ({ jti: undefined })],
    ['with an endless jti', () => ({ jti: 'x'.repeat(257) })],
    ['of an unregistered system', () => ({ iss: 'nobody', sub: 'nobody' })],
  ])('refuses an assertion %s', async (_, change) => {
    const claims = change(door.url, Math.floor(Date.now() / 1000));
    const answer = await ask(door.url, grant(await makeAssertion(claims)), { dpop: await makeTokenProof() });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('refuses an assertion signed with a key that is not registered', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const config = await discover(privateKey);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    await expect(client.clientCredentialsGrant(config, undefined, { DPoP })).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  it('refuses a token for another resource', async () => {
    const body = grant(await makeAssertion(), { resource: 'https://elsewhere.example' });
    const answer = await ask(door.url, body, { dpop: await makeTokenProof() });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  it('refuses every other grant', async () => {
    for (const type of ['authorization_code', 'refresh_token', 'password']) {
      const answer = await ask(
        door.url,
        { ...grant(await makeAssertion()), grant_type: type },
        {
          dpop: await makeTokenProof(),
        },
      );
      expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
    }
  });

  it('accepts one of 20 concurrent uses of an assertion on two replicas', async () => {
    const body = grant(await makeAssertion());
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ask(replicas[i % 2]!.url, body, { dpop: await makeTokenProof() })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.body['error'] === 'invalid_client')).toHaveLength(19);
  });

  it('accepts one of 20 concurrent uses of a proof on two replicas', async () => {
    const dpop = await makeTokenProof();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ask(replicas[i % 2]!.url, grant(await makeAssertion()), { dpop })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.body['error'] === 'invalid_grant')).toHaveLength(19);
  });

  it('keeps the jti of a proof dated ahead until the proof is too old', async () => {
    const ahead = Math.floor(Date.now() / 1000) + 299;
    const dpop = await makeTokenProof(undefined, { iat: ahead });
    expect((await ask(door.url, grant(await makeAssertion()), { dpop })).status).toBe(200);
    const rows = await runAsOwner<{ expires_at: Date }>(
      database.ownerUrl,
      "SELECT expires_at FROM authorization_records WHERE kind = 'ReplayDetection' ORDER BY expires_at DESC LIMIT 1",
    );
    expect(rows[0]!.expires_at.getTime() / 1000).toBeGreaterThan(ahead + 299);
  });

  it('answers 503, not 401, while the database is away, and recovers', async () => {
    const name = new URL(database.ownerUrl).pathname.slice(1);
    const server = process.env['TEST_POSTGRES_URL']!;
    await runAsOwner(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runAsOwner(server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    try {
      const answer = await ask(door.url, grant(await makeAssertion()), { dpop: await makeTokenProof() });
      expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    } finally {
      await runAsOwner(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    }
    expect((await ask(door.url, grant(await makeAssertion()), { dpop: await makeTokenProof() })).status).toBe(200);
  });

  it('answers 503, not 401, when it is not known who is registered', async () => {
    jest.spyOn(clients, 'get').mockImplementationOnce(() => {
      throw new Error('unmistakable');
    });
    const answer = await ask(door.url, grant(await makeAssertion()), { dpop: await makeTokenProof() });
    expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    expect(JSON.stringify(answer)).not.toContain('unmistakable');
  });

  it('answers a browser in JSON too', async () => {
    const response = await fetch(`${door.url}/oauth/token`, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('counts each refusal and writes it to the security log', async () => {
    const [{ url, lines }] = replicas as [Replica];
    const before = lines.length;
    await ask(url, { grant_type: 'client_credentials', client_id: 'unmistakable', client_secret: 'unmistakable' });
    const written = lines.slice(before);
    expect(written).toContainEqual(
      expect.objectContaining({ log: 'security', code: 'TOKEN_REQUEST_REFUSED', remoteAddress: '127.0.0.1' }),
    );
    expect(JSON.stringify(written)).not.toContain('unmistakable');
  });

  it('prints nothing of its own on the terminal', () => {
    for (const spy of consoles) expect(spy).not.toHaveBeenCalled();
  });
});

async function publicKeyOf(jwk: JWK): Promise<CryptoKey> {
  return await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
}
