import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import type { PublicJwk } from '../../../src/agencies/index.js';
import { MovableClock, startReplica, type Replica } from '../../support/access-replica.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { makeCallerKey, makeProof } from '../../support/dpop-caller.js';
import { makeTestKeys } from '../../support/test-keys.js';

/** As when a proxy ends TLS and takes the path prefix off. */
const PUBLIC_URL = 'https://partnership.example/gatehouse';
const CLIENT = 'northmoor-council-adult-care';

describe('behind a proxy that ends TLS and serves a folder', () => {
  let database: TestDatabase;
  let replica: Replica;
  const clients = new Map();
  beforeAll(async () => {
    database = await createTestDatabase();
    const databaseUrl = database.applicationUrl;
    const keys = makeTestKeys();
    replica = await startReplica({ publicUrl: PUBLIC_URL, databaseUrl, keys, clients, clock: new MovableClock() });
  });
  afterAll(async () => {
    await replica.close();
    await database.drop();
  });

  it('the metadata names public addresses, whatever the caller says of itself', async () => {
    const headers = { 'x-forwarded-host': 'elsewhere.example', 'x-forwarded-proto': 'http', host: 'elsewhere.example' };
    const response = await fetch(`${replica.url}/.well-known/oauth-authorization-server`, { headers });
    expect(await response.json()).toMatchObject({
      issuer: PUBLIC_URL,
      token_endpoint: `${PUBLIC_URL}/oauth/token`,
      jwks_uri: `${PUBLIC_URL}/oauth/jwks`,
    });
  });

  it('proofs are made for public addresses, for the token and for what it opens', async () => {
    const key = await makeCallerKey();
    const jwk = { ...key.jwk, kid: 'k' } as PublicJwk;
    clients.set(CLIENT, { id: CLIENT, agency: 'northmoor-council', name: 'x', keys: [jwk] });
    const now = new Date();
    const iat = Math.floor(now.getTime() / 1000);
    const claims = { iss: CLIENT, sub: CLIENT, aud: PUBLIC_URL, jti: randomUUID(), iat, exp: iat + 60 };
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(key.privateKey);
    const granted = await fetch(`${replica.url}/oauth/token`, {
      method: 'POST',
      headers: { dpop: await makeProof(key, { method: 'POST', url: `${PUBLIC_URL}/oauth/token`, token: '', now }) },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const dpop = await makeProof(key, { method: 'GET', url: `${PUBLIC_URL}/v1/who`, token, now });
    const answer = await fetch(`${replica.url}/v1/who`, { headers: { authorization: `DPoP ${token}`, dpop } });
    expect(answer.status).toBe(200);
  });
});
