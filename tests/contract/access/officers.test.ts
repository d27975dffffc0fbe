import type { OpenAPIObject } from '@nestjs/swagger';
import * as client from 'openid-client';
import type { PublicJwk } from '../../../src/agencies/index.js';
import type { RegisteredClient } from '../../../src/access/index.js';
import { buildOpenApi } from '../../../src/api-contract/index.js';
import { MovableClock, startReplica, type Replica } from '../../support/access-replica.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { makeAccessToken, makeCallerKey, makeProof, type CallerKey } from '../../support/dpop-caller.js';
import { openFrontDoor, type FrontDoor } from '../../support/front-door.js';
import { makeTestKeys } from '../../support/test-keys.js';

const AGENCY = 'northmoor-council';
const OFFICER = `${AGENCY}-ig-1`;
const REVIEWER = `${AGENCY}-ig-2`;
const SYSTEM = `${AGENCY}-adult-care`;

describe('officers', () => {
  const clock = new MovableClock();
  const keys = makeTestKeys();
  const clients = new Map<string, RegisteredClient>();
  let database: TestDatabase;
  let door: FrontDoor;
  let replica: Replica;
  let key: CallerKey;

  beforeAll(async () => {
    database = await createTestDatabase();
    door = await openFrontDoor();
    key = await makeCallerKey();
    const { applicationUrl: databaseUrl } = database;
    replica = await startReplica({ publicUrl: door.url, databaseUrl, keys, clients, clock });
    door.replicas.push(replica.url);
  });
  afterAll(async () => {
    await replica.close();
    await door.close();
    await database.drop();
  });
  beforeEach(() => {
    const known = { agency: AGENCY, keys: [{ ...key.jwk, kid: 'officer-key' } as PublicJwk] };
    clients.set(OFFICER, { ...known, id: OFFICER, roles: ['officer'] });
    clients.set(REVIEWER, { ...known, id: REVIEWER, roles: ['administrator', 'reviewer'] });
    clients.set(SYSTEM, { ...known, id: SYSTEM, name: 'Adult social care' });
  });

  const call = async (clientId: string, path: string): Promise<[status: number, body: unknown]> => {
    const bound = { issuer: door.url, clientId, jkt: key.jkt, now: clock.now() };
    const token = await makeAccessToken(keys, bound);
    const proof = await makeProof(key, { method: 'GET', url: door.url + path, token, now: clock.now() });
    const answer = await fetch(door.url + path, { headers: { authorization: `DPoP ${token}`, dpop: proof } });
    const body = (await answer.json()) as Record<string, unknown>;
    return [answer.status, answer.ok ? body : body['code']];
  };
  const officer = { officer: OFFICER, agency: AGENCY, roles: ['officer'] };
  const reviewer = { officer: REVIEWER, agency: AGENCY, roles: ['administrator', 'reviewer'] };
  const notAllowed = [403, 'ROLE_NOT_ALLOWED'];

  it('get tokens as systems do, and call with them', async () => {
    const authentication = client.PrivateKeyJwt({ key: key.privateKey, kid: 'officer-key' });
    const configuration = await client.discovery(new URL(door.url), OFFICER, undefined, authentication, {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });
    const pair = await client.randomDPoPKeyPair('ES256');
    const handle = client.getDPoPHandle(configuration, pair);
    const { access_token: token } = await client.clientCredentialsGrant(configuration, {}, { DPoP: handle });
    const route = new URL('/v1/officers', door.url);
    const options = { DPoP: handle };
    const answer = await client.fetchProtectedResource(configuration, token, route, 'GET', null, undefined, options);
    expect([answer.status, await answer.json()]).toEqual([200, officer]);
  });

  it('may call what is for officers, in whichever role', async () => {
    expect(await call(OFFICER, '/v1/officers')).toEqual([200, officer]);
    expect(await call(REVIEWER, '/v1/officers')).toEqual([200, reviewer]);
  });

  it('may call what names roles only in one of them', async () => {
    expect(await call(REVIEWER, '/v1/reviewers')).toEqual([200, reviewer]);
    expect(await call(OFFICER, '/v1/reviewers')).toEqual(notAllowed);
  });

  it('may not call what is for systems, nor systems what is for officers', async () => {
    expect(await call(OFFICER, '/v1/who')).toEqual(notAllowed);
    expect(await call(REVIEWER, '/v1/who')).toEqual(notAllowed);
    expect(await call(SYSTEM, '/v1/who')).toEqual([200, { system: SYSTEM, agency: AGENCY }]);
    expect(await call(SYSTEM, '/v1/officers')).toEqual(notAllowed);
    expect(await call(SYSTEM, '/v1/reviewers')).toEqual(notAllowed);
  });

  it('may call what is for them and for systems, in the roles that it names', async () => {
    expect(await call(REVIEWER, '/v1/either')).toEqual([200, reviewer]);
    expect(await call(OFFICER, '/v1/either')).toEqual(notAllowed);
    expect(await call(SYSTEM, '/v1/either')).toEqual([200, { system: SYSTEM, agency: AGENCY }]);
  });

  it('are never taken for a system by a route that asks for one by mistake', async () => {
    expect(await call(OFFICER, '/v1/mistaken')).toEqual([500, 'INTERNAL']);
  });

  it('are refused with a genuine token once they are removed, and lose a role at once', async () => {
    clients.set(REVIEWER, { ...clients.get(OFFICER)!, id: REVIEWER });
    expect(await call(REVIEWER, '/v1/reviewers')).toEqual(notAllowed);
    clients.delete(OFFICER);
    expect(await call(OFFICER, '/v1/officers')).toEqual([401, 'TOKEN_INVALID']);
  });

  it('stand in the access log by id, and not as a system', async () => {
    const before = replica.lines.length;
    await call(OFFICER, '/v1/officers');
    const line = replica.lines.slice(before).find(({ event }) => event === 'request-answered');
    expect(line).toMatchObject({ officer: OFFICER, route: '/v1/officers', status: 200 });
    expect(line).not.toHaveProperty('system');
  });

  it('stand in the OpenAPI document as those who may call', () => {
    const { paths }: OpenAPIObject = buildOpenApi(replica.app);
    const securityOf = (path: string) => paths[path]?.get?.security;
    expect(securityOf('/v1/who')).toEqual([{ dpop: ['system'] }]);
    expect(securityOf('/v1/officers')).toEqual([{ dpop: ['officer'] }]);
    expect(securityOf('/v1/reviewers')).toEqual([{ dpop: ['officer:reviewer', 'officer:oversight'] }]);
    expect(securityOf('/v1/either')).toEqual([{ dpop: ['system', 'officer:reviewer'] }]);
    expect(securityOf('/v1/open')).toEqual([]);
  });
});
