import { request } from 'node:http';
import { exportSPKI, UnsecuredJWT, exportJWK } from 'jose';
import type { PublicJwk } from '../../../src/agencies/index.js';
import { Metrics } from '../../../src/observability/index.js';
import { MovableClock, startReplica, type Replica } from '../../support/access-replica.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { makeAccessToken, makeCallerKey, makeProof, type CallerKey } from '../../support/dpop-caller.js';
import { makeTestKeys } from '../../support/test-keys.js';

const PUBLIC_URL = 'https://gatehouse.example';
const CLIENT = 'northmoor-council-adult-care';
const ALGS = 'algs="ES256 EdDSA Ed25519 PS256"';
const INVALID_TOKEN = `DPoP error="invalid_token", ${ALGS}`;
const INVALID_PROOF = `DPoP error="invalid_dpop_proof", ${ALGS}`;

type Change = Parameters<typeof makeAccessToken>[2];
type ProofChange = Parameters<typeof makeProof>[2];

describe('a route that systems may call, on two replicas', () => {
  const clock = new MovableClock();
  const keys = makeTestKeys();
  const clients = new Map();
  const replicas: Replica[] = [];
  let database: TestDatabase;
  let key: CallerKey;

  beforeAll(async () => {
    database = await createTestDatabase();
    key = await makeCallerKey();
    const shared = { publicUrl: PUBLIC_URL, databaseUrl: database.applicationUrl, keys, clients, clock };
    replicas.push(await startReplica(shared), await startReplica(shared));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await database.drop();
  });
  beforeEach(() => {
    clock.aheadSeconds = 0;
    clients.set(CLIENT, { id: CLIENT, agency: 'northmoor-council', name: 'x', keys: [key.jwk as PublicJwk] });
  });

  const makeToken = (change: Change = {}, by = key): Promise<string> =>
    makeAccessToken(keys, { issuer: PUBLIC_URL, clientId: CLIENT, jkt: by.jkt, now: clock.now() }, change);
  const prove = (token: string, change: ProofChange = {}, by = key): Promise<string> =>
    makeProof(by, { method: 'GET', url: `${PUBLIC_URL}/v1/who`, token, now: clock.now() }, change);
  const call = async (
    headers: [string, string][],
    to: { replica?: number; path?: string; method?: string } = {},
  ): Promise<{ status: number; challenge: string | null; body: unknown }> => {
    const { replica = 0, path = '/v1/who', method = 'GET' } = to;
    const response = await sendWithHeaders(replicas[replica]!.url + path, method, headers);
    return {
      status: response.status,
      challenge: response.challenge,
      body: shorten(JSON.parse(response.body) as Record<string, unknown>),
    };
  };
  const present = (token: string, proof: string): [string, string][] => [
    ['Authorization', `DPoP ${token}`],
    ['DPoP', proof],
  ];
  const accepted = { status: 200, challenge: null, body: { system: CLIENT, agency: 'northmoor-council' } };
  const refused = (code: string, challenge: string): object => ({ status: 401, challenge, body: { code } });

  it('lets a system in by token and proof, whatever Host the proxy left', async () => {
    const token = await makeToken();
    expect(await call([...present(token, await prove(token)), ['Host', 'replica-7.internal']])).toEqual(accepted);
    const proof = await prove(token, { claims: { htm: 'POST' } });
    expect(await call([...present(token, proof), ['Content-Length', '0']], { method: 'POST' })).toEqual({
      ...accepted,
      status: 201,
    });
  });

  it('lets anybody in where the route is public', async () => {
    expect(await call([], { path: '/v1/open' })).toEqual({ status: 200, challenge: null, body: { open: true } });
  });

  it.each<[string, [string, string][]]>([
    ['there is no token', []],
    ['the scheme is Bearer', [['Authorization', 'Bearer abc']]],
    ['there is a proof alone', [['DPoP', 'abc']]],
  ])('challenges without an error when %s', async (_, headers) => {
    expect(await call(headers)).toEqual(refused('TOKEN_MISSING', `DPoP ${ALGS}`));
  });

  const wrongTokens: [string, () => Promise<Change>][] = [
    ['has expired', async () => ({ claims: { exp: Math.floor(clock.now().getTime() / 1000) } })],
    ['comes from another issuer', async () => ({ claims: { iss: 'https://elsewhere.example' } })],
    ['is for another audience', async () => ({ claims: { aud: 'https://elsewhere.example' } })],
    ['has type JWT', async () => ({ header: { typ: 'JWT' } })],
    ['has no type', async () => ({ header: { typ: undefined } })],
    ['is signed with another key', async () => ({ signWith: makeTestKeys().token.privateKey })],
    ['is signed with the key of its proof', async () => ({ signWith: key.privateKey })],
    [
      'is signed with HS256 and the public key',
      async () => ({
        header: { alg: 'HS256' },
        signWith: new TextEncoder().encode(await exportSPKI(keys.token.publicKey)),
      }),
    ],
    ['has no expiry', async () => ({ claims: { exp: undefined } })],
    ['is bound to no key', async () => ({ claims: { cnf: undefined } })],
    ['names no system', async () => ({ claims: { client_id: undefined } })],
    ['names a system that is not registered', async () => ({ claims: { client_id: 'nobody' } })],
  ];
  it.each(wrongTokens)('refuses a token that %s', async (_, change) => {
    const token = await makeToken(await change());
    expect(await call(present(token, await prove(token)))).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
  });

  it('refuses a token with alg none', async () => {
    const good = await makeToken();
    const claims = JSON.parse(Buffer.from(good.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    const [header, body] = new UnsecuredJWT(claims).encode().split('.');
    for (const token of [`${header}.${body}.`, `${header}.${body}.${good.split('.')[2]}`]) {
      expect(await call(present(token, await prove(token)))).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
    }
  });

  it('refuses a token that it accepted before and that has expired since', async () => {
    const token = await makeToken();
    expect(await call(present(token, await prove(token)))).toEqual(accepted);
    clock.aheadSeconds = 301;
    expect(await call(present(token, await prove(token)))).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
  });

  it('refuses a token bound to another key, with that key or another in the proof', async () => {
    const thief = await makeCallerKey();
    const token = await makeToken();
    expect(await call(present(token, await prove(token, {}, thief)))).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
    const forged = await prove(token, { signWith: thief.privateKey });
    expect(await call(present(token, forged))).toEqual(refused('PROOF_INVALID', INVALID_PROOF));
  });

  it('refuses a token sent twice, or that is no token at all', async () => {
    const token = await makeToken();
    const headers = [...present(token, await prove(token)), ['Authorization', `DPoP ${token}`]] as [string, string][];
    expect(await call(headers)).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
    for (const wrong of ['DPoP', 'DPoP a b', 'DPoP a, DPoP b']) {
      expect(await call([['Authorization', wrong]])).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
    }
  });

  const seconds = (): number => Math.floor(clock.now().getTime() / 1000);
  const wrongProofs: [string, () => Promise<ProofChange>][] = [
    ['made for another method', async () => ({ claims: { htm: 'POST' } })],
    ['made for a method in lower case', async () => ({ claims: { htm: 'get' } })],
    ['made for another path', async () => ({ claims: { htu: `${PUBLIC_URL}/v1/other` } })],
    ['made for another host', async () => ({ claims: { htu: 'https://elsewhere.example/v1/who' } })],
    ['made for the replica behind the public URL', async () => ({ claims: { htu: `${replicas[0]!.url}/v1/who` } })],
    ['made for another scheme', async () => ({ claims: { htu: 'http://gatehouse.example/v1/who' } })],
    ['made for another token', async () => ({ claims: { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' } })],
    ['made for no token', async () => ({ claims: { ath: undefined } })],
    ['without a method', async () => ({ claims: { htm: undefined } })],
    ['without a URL', async () => ({ claims: { htu: undefined } })],
    ['made 62 s ago', async () => ({ claims: { iat: seconds() - 62 } })],
    ['made 62 s ahead', async () => ({ claims: { iat: seconds() + 62 } })],
    ['without a time', async () => ({ claims: { iat: undefined } })],
    ['without jti', async () => ({ claims: { jti: undefined } })],
    ['with an empty jti', async () => ({ claims: { jti: '' } })],
    ['with a jti that is no string', async () => ({ claims: { jti: 7 } })],
    ['with an endless jti', async () => ({ claims: { jti: 'x'.repeat(257) } })],
    ['of type JWT', async () => ({ header: { typ: 'JWT' } })],
    ['without an embedded key', async () => ({ header: { jwk: undefined } })],
    ['with a private key embedded', async () => ({ header: { jwk: await exportJWK(key.privateKey) } })],
    [
      'signed with HS256 and the public key',
      async () => ({ header: { alg: 'HS256' }, signWith: new TextEncoder().encode(JSON.stringify(key.jwk)) }),
    ],
  ];
  it.each(wrongProofs)('refuses a proof %s', async (_, change) => {
    const token = await makeToken();
    const proof = await prove(token, await change());
    expect(await call(present(token, proof))).toEqual(refused('PROOF_INVALID', INVALID_PROOF));
  });

  it('accepts a proof made 58 s ago or ahead, and one whose URL is spelt another way', async () => {
    for (const claims of [
      { iat: seconds() - 58 },
      { iat: seconds() + 58 },
      { htu: 'HTTPS://GATEHOUSE.example:443/v1/%77ho?x=1#y' },
    ]) {
      const token = await makeToken();
      expect(await call(present(token, await prove(token, { claims })), { path: '/v1/who?z=2' })).toEqual(accepted);
    }
  });

  it('refuses no proof, two proofs, an unsigned proof, and what is no proof', async () => {
    const token = await makeToken();
    const [first, second] = [await prove(token), await prove(token)];
    const unsigned = `${new UnsecuredJWT({ jti: 'x' }).encode()}x`;
    for (const proofs of [[], [first, second], [`${first}, ${second}`], [unsigned], ['nonsense'], ['']]) {
      const headers = proofs.map((proof): [string, string] => ['DPoP', proof]);
      const answer = await call([['Authorization', `DPoP ${token}`], ...headers]);
      expect(answer).toEqual(refused('PROOF_INVALID', INVALID_PROOF));
    }
  });

  it('refuses a proof used before on the other replica', async () => {
    const token = await makeToken();
    const headers = present(token, await prove(token));
    expect(await call(headers)).toEqual(accepted);
    for (const replica of [0, 1]) {
      expect(await call(headers, { replica })).toEqual(refused('PROOF_REPLAYED', INVALID_PROOF));
    }
  });

  it('accepts exactly one of 20 concurrent uses of a proof on two replicas', async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = await makeToken();
      const headers = present(token, await prove(token));
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => call(headers, { replica: i % 2 })));
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => answer.status === 401)).toHaveLength(19);
    }
  });

  it('refuses the genuine token of a system that has been removed', async () => {
    const token = await makeToken();
    expect(await call(present(token, await prove(token)))).toEqual(accepted);
    clients.delete(CLIENT);
    expect(await call(present(token, await prove(token)))).toEqual(refused('TOKEN_INVALID', INVALID_TOKEN));
  });

  it('answers 503, not 401, while the database is away, and recovers', async () => {
    const name = new URL(database.ownerUrl).pathname.slice(1);
    const server = process.env['TEST_POSTGRES_URL']!;
    const token = await makeToken();
    await runAsOwner(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runAsOwner(server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    try {
      const answer = await call(present(token, await prove(token)));
      expect(answer).toEqual({ status: 503, challenge: null, body: { code: 'STORE_UNAVAILABLE' } });
    } finally {
      await runAsOwner(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    }
    expect(await call(present(token, await prove(token)))).toEqual(accepted);
  });

  it('answers 503, not 401, when it is not known who is registered', async () => {
    const token = await makeToken();
    jest.spyOn(clients, 'get').mockImplementationOnce(() => {
      throw new Error('unmistakable');
    });
    const answer = await call(present(token, await prove(token)));
    expect(answer).toEqual({ status: 503, challenge: null, body: { code: 'STORE_UNAVAILABLE' } });
  });

  it('counts each refusal and writes it to the security log, with the system where the token was genuine', async () => {
    const token = await makeToken();
    const headers = present(token, await prove(token));
    const [{ app, lines }] = replicas as [Replica];
    const counter = app.get(Metrics).registry.getSingleMetric('gatehouse_callers_refused_total');
    counter?.reset();
    const before = lines.length;
    await call([]);
    await call(present('abc', 'unmistakable-proof'));
    await call(headers);
    await call(headers);
    const { values } = (await counter?.get()) ?? { values: [] };
    expect(values.map(({ labels, value }) => [labels['code'], value])).toEqual([
      ['TOKEN_MISSING', 1],
      ['TOKEN_INVALID', 1],
      ['PROOF_REPLAYED', 1],
    ]);
    const written = lines.slice(before).filter((line) => line['log'] === 'security');
    const line = {
      level: 'warn',
      time: expect.any(String),
      log: 'security',
      event: 'caller-refused',
      remoteAddress: '127.0.0.1',
    };
    expect(written).toEqual([
      { ...line, code: 'TOKEN_MISSING' },
      { ...line, code: 'TOKEN_INVALID' },
      { ...line, code: 'PROOF_REPLAYED', system: CLIENT },
    ]);
  });

  it('writes neither token nor proof to any log, and nothing to the disclosure log', async () => {
    const token = await makeToken();
    const proof = await prove(token);
    await call(present(token, proof));
    await call(present(token, proof));
    const text = JSON.stringify(replicas.flatMap((replica) => replica.lines));
    for (const secret of [...token.split('.'), ...proof.split('.')]) expect(text).not.toContain(secret);
    expect(await runAsOwner(database.ownerUrl, 'SELECT 1 FROM log_entries')).toEqual([]);
  });
});

/** A problem by its code alone. */
function shorten(body: Record<string, unknown>): Record<string, unknown> {
  return 'code' in body ? { code: body['code'] } : body;
}

/** With headers exactly as given, repeated ones included, which `fetch` would join. */
async function sendWithHeaders(
  url: string,
  method: string,
  headers: [string, string][],
): Promise<{ status: number; challenge: string | null; body: string }> {
  return await new Promise((resolve, reject) => {
    const { host } = new URL(url);
    const all = headers.some(([name]) => name === 'Host') ? headers : [['Host', host], ...headers];
    const sent = request(url, { method, headers: all.flat() }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const challenge = response.headers['www-authenticate'] ?? null;
        resolve({ status: response.statusCode ?? 0, challenge, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
