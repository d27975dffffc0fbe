import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as client from 'openid-client';
import {
  SANDBOX_ACR,
  SANDBOX_CLIENT_ID,
  startSignIn,
  type SandboxSignIn,
} from '../../../sandbox/sign-in/start-sign-in.js';
import type { Officer, PublicJwk } from '../../../src/agencies/index.js';
import { readSettings, type ConsoleSettings } from '../../../src/config/index.js';
import { IdentityProvider, SIGN_IN_MINUTES } from '../../../src/console/identity-provider.js';
import { SignInByHand } from '../../support/sign-in-by-hand.js';
import { makeTestKeys } from '../../support/test-keys.js';
import { until } from '../../support/until.js';

const ACCOUNT = 'a-council-ig-1';
const MINUTE = 60_000;

describe('signing in by an identity provider that is a real one (oidc-provider)', () => {
  let folder: string;
  let keyFile: string;
  let privateJwk: JWK;
  let signIn: SandboxSignIn;
  let server: Server;
  let publicUrl: string;
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead) };
  const keys = makeTestKeys();
  /** What the provider told the console behind the browser's back. */
  const told: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-provider-'));
    keyFile = path.join(folder, 'key.json');
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    privateJwk = { ...(await exportJWK(privateKey)), alg: 'ES256' };
    await writeFile(keyFile, JSON.stringify(privateJwk));
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      told.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    signIn = await startSignIn(0, (await exportJWK(publicKey)) as PublicJwk);
    const officer: Officer = {
      kind: 'Officer',
      id: ACCOUNT,
      agency: 'a-council',
      roles: ['officer'],
      keys: [],
    } as never;
    signIn.open({ officers: () => [officer], publicUrl });
  });
  afterAll(async () => {
    await signIn.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => (ahead = 0));

  const provider = (change: Partial<ConsoleSettings> = {}): IdentityProvider => {
    const of = { issuer: signIn.issuer, clientId: SANDBOX_CLIENT_ID, authentication: { keyFile }, acr: [], ...change };
    return new IdentityProvider({ ...readSettings({}), publicUrl, console: of }, keys, clock);
  };
  const browser = () => new SignInByHand(signIn.issuer, publicUrl);
  const signedIn = async (of: IdentityProvider) => {
    const { url, sealed } = await of.begin('/console/help');
    return await of.complete(await browser().signIn(url, ACCOUNT), sealed);
  };

  it('proves an account, and knows where they wanted to go', async () => {
    expect(await signedIn(provider())).toMatchObject({
      issuer: signIn.issuer,
      claims: { sub: ACCOUNT, aud: SANDBOX_CLIENT_ID, sid: expect.any(String) as string },
      to: '/console/help',
    });
  });

  it('accepts a sign-in by one of the values of CONSOLE_ACR, asks for them, and accepts no other', async () => {
    const acr = ['urn:example:two-factors', SANDBOX_ACR];
    const { url } = await provider({ acr }).begin('/console');
    expect(url.searchParams.get('acr_values')).toBe(acr.join(' '));
    expect((await signedIn(provider({ acr }))).claims).toMatchObject({ acr: SANDBOX_ACR });
    for (const strong of [['urn:example:two-factors'], [`${SANDBOX_ACR}-2`], ['undefined'], ['']]) {
      await expect(signedIn(provider({ acr: strong }))).rejects.toMatchObject({ fault: 'acr-too-weak' });
    }
  });

  it('takes no sign-in that was not begun in this browser, or longer ago than it may take', async () => {
    const of = provider();
    const { url, sealed } = await of.begin('/console');
    const { sealed: another } = await of.begin('/console');
    const query = await browser().signIn(url, ACCOUNT);
    await expect(of.complete(query, undefined)).rejects.toMatchObject({ fault: 'not-begun-here' });
    await expect(of.complete(query, 'made.up')).rejects.toMatchObject({ fault: 'not-begun-here' });
    await expect(of.complete(query, another)).rejects.toMatchObject({ fault: 'refused-there' });
    ahead = SIGN_IN_MINUTES * MINUTE + 1_000;
    await expect(of.complete(query, sealed)).rejects.toMatchObject({ fault: 'not-begun-here' });
  });

  it('takes a code once, with the state and the issuer that belong to it', async () => {
    const of = provider();
    const { url, sealed } = await of.begin('/console');
    const query = await browser().signIn(url, ACCOUNT);
    const changed = (name: string, value: string): string => {
      const search = new URLSearchParams(query);
      search.set(name, value);
      return `?${search.toString()}`;
    };
    for (const other of [
      changed('state', 'other'),
      changed('iss', 'https://other.example'),
      changed('code', 'x'),
      '',
    ]) {
      await expect(of.complete(other, sealed)).rejects.toMatchObject({ fault: 'refused-there' });
    }
    expect((await of.complete(query, sealed)).claims).toMatchObject({ sub: ACCOUNT });
    await expect(of.complete(query, sealed)).rejects.toMatchObject({ fault: 'refused-there' });
  });

  it('says that the provider is away, or that there is none', async () => {
    await expect(provider({ issuer: 'http://127.0.0.1:9' }).begin('/console')).rejects.toMatchObject({
      fault: 'provider-away',
    });
    const none = new IdentityProvider({ ...readSettings({}), publicUrl }, keys, clock);
    await expect(none.begin('/console')).rejects.toMatchObject({ fault: 'not-set-up' });
    expect(await none.endSessionUrl()).toBeUndefined();
  });

  it('reads a logout token of the provider for this console, while it holds, and nothing else that it signs', async () => {
    const of = provider();
    const hand = browser();
    const { url, sealed } = await of.begin('/console');
    const { claims } = await of.complete(await hand.signIn(url, ACCOUNT), sealed);
    await hand.signOut();
    await until(() => told.length === 1);
    const [token = ''] = told;
    const read = { issuer: signIn.issuer, subject: ACCOUNT, session: claims['sid'] };
    expect(await of.readLogoutToken(token)).toEqual(read);
    ahead = MINUTE;
    expect(await of.readLogoutToken(token)).toEqual(read);
    ahead = 6 * MINUTE;
    await expect(of.readLogoutToken(token)).rejects.toThrow();
    ahead = 0;
    await expect(provider({ clientId: 'another-console' }).readLogoutToken(token)).rejects.toThrow('"aud"');
    const [head, body, signature = ''] = token.split('.');
    const other = signature.startsWith('A') ? 'B' : 'A';
    await expect(of.readLogoutToken([head, body, other + signature.slice(1)].join('.'))).rejects.toThrow('signature');
    // An ID token is signed by the provider for this console, too.
    await expect(of.readLogoutToken(await idToken())).rejects.toThrow();
  });

  async function idToken(): Promise<string> {
    const key = await importJWK(privateJwk);
    if (key instanceof Uint8Array) throw new Error('not a private key');
    const of = await client.discovery(new URL(signIn.issuer), SANDBOX_CLIENT_ID, {}, client.PrivateKeyJwt(key), {
      execute: [client.allowInsecureRequests],
    });
    const verifier = client.randomPKCECodeVerifier();
    const [state, callback] = [client.randomState(), `${publicUrl}/console/sign-in/callback`];
    const url = client.buildAuthorizationUrl(of, {
      redirect_uri: callback,
      scope: 'openid',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const query = await browser().signIn(url, ACCOUNT);
    const tokens = await client.authorizationCodeGrant(of, new URL(callback + query), {
      expectedState: state,
      pkceCodeVerifier: verifier,
    });
    return tokens.id_token!;
  }
});
