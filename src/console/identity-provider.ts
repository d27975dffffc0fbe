import { readFile } from 'node:fs/promises';
import { hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { createRemoteJWKSet, EncryptJWT, importJWK, jwtDecrypt, jwtVerify, type JWK } from 'jose';
import * as client from 'openid-client';
import { CLOCK, SETTINGS, type Clock, type ConsoleSettings, type Settings } from '../config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';

/** How long a sign-in may take, from leaving the console to coming back. */
export const SIGN_IN_MINUTES = 10;
/** Longest wait for the provider, seconds. */
const DEADLINE_SECONDS = 5;

/** Why a sign-in came to nothing. `not-set-up`: this gateway has no console. */
export type SignInFault = 'not-set-up' | 'provider-away' | 'not-begun-here' | 'refused-there' | 'acr-too-weak';

export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
  constructor(
    readonly fault: SignInFault,
    options?: ErrorOptions,
  ) {
    super(fault, options);
  }
}

/** Whom the provider says is there. */
export interface ProvenAccount {
  readonly issuer: string;
  /** Claims of the ID token, verified. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Where in the console they wanted to go. */
  readonly to: string;
}

/** The officers' identity provider, by OpenID Connect: authorization code with PKCE (S256), state and nonce. */
@Injectable()
export class IdentityProvider {
  private readonly settings: ConsoleSettings | undefined;
  private readonly sealingKey: Uint8Array;
  private found: Promise<client.Configuration> | undefined;
  private known: client.Configuration | undefined;

  constructor(
    @Inject(SETTINGS) private readonly all: Settings,
    @Inject(GATEWAY_KEYS) keys: GatewayKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.settings = all.console;
    this.sealingKey = new Uint8Array(hkdfSync('sha256', keys.cookie, '', 'console sign-in', 32));
  }

  /**
   * Begins a sign-in.
   * @returns where the browser is sent, and what it brings back with it: sealed, so that nothing is stored for somebody who
   *   is not known yet
   * @throws SignInFailed
   */
  async begin(to: string): Promise<{ readonly url: URL; readonly sealed: string }> {
    const [configuration, { acr }] = [await this.configuration(), this.mustBeSetUp()];
    const verifier = client.randomPKCECodeVerifier();
    const begun = { state: client.randomState(), nonce: client.randomNonce(), verifier, to };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.addressOf('/console/sign-in/callback'),
      scope: 'openid',
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    });
    const sealed = await new EncryptJWT(begun)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(new Date(this.clock.now().getTime() + SIGN_IN_MINUTES * 60_000))
      .encrypt(this.sealingKey);
    return { url, sealed };
  }

  /**
   * Ends a sign-in: the code is exchanged, and the ID token verified with its signature, issuer, audience, times, nonce and,
   * where the settings ask for one, `acr`.
   * @param query of the address that the browser came back to
   * @throws SignInFailed
   */
  async complete(query: string, sealed: string | undefined): Promise<ProvenAccount> {
    const [configuration, { issuer, acr }] = [await this.configuration(), this.mustBeSetUp()];
    const begun = await this.unseal(sealed);
    const cameBackTo = new URL(this.addressOf('/console/sign-in/callback') + query);
    let claims: Record<string, unknown> | undefined;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, cameBackTo, {
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        pkceCodeVerifier: begun.verifier,
        idTokenExpected: true,
      });
      claims = tokens.claims();
    } catch (cause) {
      throw new SignInFailed('refused-there', { cause });
    }
    if (acr.length > 0 && !acr.includes(String(claims?.['acr']))) throw new SignInFailed('acr-too-weak');
    return { issuer, claims: claims ?? {}, to: begun.to };
  }

  /** Where the browser is sent to sign out of the provider too, if the provider has such a place and can be reached. */
  async endSessionUrl(): Promise<URL | undefined> {
    try {
      const configuration = await this.configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      // No id_token_hint: it would have to be kept, and names the person.
      return client.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: this.addressOf('/console/signed-out'),
      });
    } catch {
      return undefined;
    }
  }

  /**
   * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6).
   * @returns whose sessions end @throws Error when it is not one
   */
  async readLogoutToken(token: string): Promise<{ issuer: string; subject?: string; session?: string }> {
    const [configuration, { issuer, clientId }] = [await this.configuration(), this.mustBeSetUp()];
    const keys = createRemoteJWKSet(new URL(configuration.serverMetadata().jwks_uri ?? ''));
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      currentDate: this.clock.now(),
      maxTokenAge: '5 minutes',
      requiredClaims: ['jti', 'iat'],
    });
    const { events, nonce, sub: subject, sid: session } = payload;
    const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, LOGOUT_EVENT);
    if (!isLogout || nonce !== undefined) throw new Error('not a logout token');
    return {
      issuer,
      ...(subject !== undefined && { subject }),
      ...(typeof session === 'string' && { session }),
    };
  }

  private addressOf(path: string): string {
    return `${this.all.publicUrl}${path}`;
  }

  private mustBeSetUp(): ConsoleSettings {
    if (!this.settings) throw new SignInFailed('not-set-up');
    return this.settings;
  }

  /**
   * Origin of the place where one signs out of the provider, as far as it is known by now: no page waits for a provider. Asks
   * in the background where it is not known.
   */
  endSessionOrigin(): string | undefined {
    if (this.settings && !this.known) void this.configuration().catch(() => undefined);
    const address = this.known?.serverMetadata().end_session_endpoint;
    return address === undefined ? undefined : new URL(address).origin;
  }

  /** What the provider says of itself, asked for once; again when it could not be had. */
  private async configuration(): Promise<client.Configuration> {
    const settings = this.mustBeSetUp();
    this.found ??= discover(settings);
    try {
      this.known = await this.found;
      return this.known;
    } catch (cause) {
      this.found = undefined;
      throw new SignInFailed('provider-away', { cause });
    }
  }

  private async unseal(sealed: string | undefined): Promise<Begun> {
    try {
      const { payload } = await jwtDecrypt<Begun>(sealed ?? '', this.sealingKey, {
        currentDate: this.clock.now(),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return payload;
    } catch (cause) {
      throw new SignInFailed('not-begun-here', { cause });
    }
  }
}

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly to: string;
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

async function discover({ issuer, clientId, authentication }: ConsoleSettings): Promise<client.Configuration> {
  const server = new URL(issuer);
  const configuration = await client.discovery(server, clientId, {}, await authenticate(authentication), {
    timeout: DEADLINE_SECONDS,
    // The settings let an unencrypted provider be on this machine alone.
    execute: [
      client.enableNonRepudiationChecks,
      ...(server.protocol === 'http:' ? [client.allowInsecureRequests] : []),
    ],
  });
  if (configuration.serverMetadata().issuer !== issuer) throw new Error('the provider has another name');
  return configuration;
}

async function authenticate(by: ConsoleSettings['authentication']): Promise<client.ClientAuth> {
  if ('secretFile' in by) return client.ClientSecretBasic((await readFile(by.secretFile, 'utf8')).trim());
  const jwk = JSON.parse(await readFile(by.keyFile, 'utf8')) as JWK;
  const key = await importJWK(jwk, jwk.alg ?? 'ES256');
  if (key instanceof Uint8Array) throw new Error('not a private key');
  return client.PrivateKeyJwt(jwk.kid === undefined ? key : { key, kid: jwk.kid });
}
