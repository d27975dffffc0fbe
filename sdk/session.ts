import { importJWK, type JWK } from 'jose';
import * as oauth from 'openid-client';
import { GatehouseUnreachable, TokenRefused } from './errors.js';
import { retryAfterMs } from './repeat.js';

/** The key that a system is registered with, private half, as JSON Web Key (RFC 7517): P-256, Ed25519 or RSA. */
export type PrivateKey = JWK;

/** Sends one request, as the global `fetch` does. */
export type SendRequest = (url: string, init: RequestInit) => Promise<Response>;

/** Who speaks to which gateway. */
export interface SessionOptions {
  /** Public URL of the gateway, which is also the issuer of its tokens. No slash at its end. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly privateKey: PrivateKey;
  readonly fetch: SendRequest;
  /** Longest that discovery or a token request may take, milliseconds. */
  readonly timeLimitMs: number;
}

/** A request, ready to be sent more than once. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

export interface AccessToken {
  readonly token: string;
  /** How long it is valid from when it was asked for, milliseconds. */
  readonly lifetimeMs: number;
}

/** Lifetime assumed where the answer names none, seconds. */
const ASSUMED_LIFETIME_SECONDS = 60;

/**
 * What one system and one gateway know of each other: the gateway's metadata (RFC 8414), the system's way to authenticate
 * (`private_key_jwt`, RFC 7523), and a DPoP key (RFC 9449) made for this session that lives in memory and nowhere else.
 */
export class Session {
  private constructor(
    private readonly options: SessionOptions,
    private readonly server: oauth.ServerMetadata,
    private readonly authentication: oauth.ClientAuth,
    private readonly proofs: oauth.DPoPHandle,
  ) {}

  /** @throws GatehouseUnreachable */
  static async open(options: SessionOptions): Promise<Session> {
    const { baseUrl, clientId, privateKey, timeLimitMs } = options;
    const key = (await importJWK(privateKey, algorithmOf(privateKey))) as oauth.CryptoKey;
    const authentication = oauth.PrivateKeyJwt(privateKey.kid === undefined ? key : { key, kid: privateKey.kid });
    const found = await oauth
      .discovery(new URL(`${baseUrl}/.well-known/oauth-authorization-server`), clientId, undefined, authentication, {
        algorithm: 'oauth2',
        timeout: timeLimitMs / 1000,
        [oauth.customFetch]: sending(options.fetch),
        execute: [oauth.allowInsecureRequests],
      })
      .catch(rethrow);
    const server = found.serverMetadata();
    if (server.issuer.replace(/\/$/, '') !== baseUrl) {
      throw new GatehouseUnreachable(
        'not-a-gateway',
        `The gateway at ${baseUrl} is known by another public URL: give ${server.issuer} as baseUrl.`,
      );
    }
    const proofs = oauth.getDPoPHandle(found, await oauth.randomDPoPKeyPair('ES256'));
    return new Session(options, server, authentication, proofs);
  }

  /** Asks for an access token by client credentials. @throws TokenRefused, GatehouseUnreachable */
  async requestToken(): Promise<AccessToken> {
    const config = this.configure(sending(this.options.fetch), this.options.timeLimitMs);
    const tokens = await oauth.clientCredentialsGrant(config, undefined, { DPoP: this.proofs }).catch(rethrow);
    return { token: tokens.access_token, lifetimeMs: (tokens.expires_in ?? ASSUMED_LIFETIME_SECONDS) * 1000 };
  }

  /**
   * Sends a request once, with a token and a proof made for this one sending. Whatever `fetch` throws comes through.
   * @param signal ends it at any time
   */
  async send(token: string, request: OutgoingRequest, signal: AbortSignal): Promise<Response> {
    const config = this.configure(sending(this.options.fetch, signal));
    const { url, method, body } = request;
    const headers = new Headers(request.headers);
    try {
      return await oauth.fetchProtectedResource(config, token, url, method, body, headers, { DPoP: this.proofs });
    } catch (error) {
      if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response;
      throw error;
    }
  }

  /** The headers with which a request would be sent, which it is not. */
  async headersFor(token: string, method: string, url: URL): Promise<Headers> {
    let sent = new Headers();
    const config = this.configure(async (_url, init) => {
      sent = new Headers(init.headers);
      return new Response();
    });
    await oauth.fetchProtectedResource(config, token, url, method, undefined, undefined, { DPoP: this.proofs });
    return sent;
  }

  /** One for each request, because openid-client takes a signal in no other way. */
  private configure(send: oauth.CustomFetch, timeLimitMs = 0): oauth.Configuration {
    const config = new oauth.Configuration(this.server, this.options.clientId, undefined, this.authentication);
    config[oauth.customFetch] = send;
    config.timeout = timeLimitMs / 1000;
    // Which addresses may be spoken to without TLS was settled when the client was made.
    oauth.allowInsecureRequests(config);
    return config;
  }
}

const sending =
  (send: SendRequest, signal?: AbortSignal): oauth.CustomFetch =>
  (url, init) =>
    send(url, { ...(init as RequestInit), ...(signal && { signal }) });

/** The algorithm of a key that gateways take of callers. @throws TypeError for any other key, which is not shown */
export function algorithmOf({ kty, crv }: PrivateKey): string {
  const algorithms: Readonly<Record<string, string>> = { 'EC P-256': 'ES256', 'OKP Ed25519': 'Ed25519', RSA: 'PS256' };
  const algorithm = algorithms[crv === undefined ? `${kty}` : `${kty} ${crv}`];
  if (algorithm === undefined) throw new TypeError('The private key must be of P-256, Ed25519 or RSA.');
  return algorithm;
}

function rethrow(error: unknown): never {
  const answer = answerTo(error);
  if (answer?.status === 429 || answer?.status === 503) {
    const wait = retryAfterMs(answer.headers, new Date()) ?? 0;
    throw new TokenRefused('temporarily_unavailable', answer.status, wait, { cause: error });
  }
  if (error instanceof oauth.ResponseBodyError) {
    throw new TokenRefused(error.error, error.status, undefined, { cause: error });
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    throw new TokenRefused('invalid_client', error.status, undefined, { cause: error });
  }
  if (!(error instanceof oauth.ClientError)) {
    throw new GatehouseUnreachable('connection', 'The gateway cannot be reached.', { cause: error });
  }
  throw error.code === 'OAUTH_TIMEOUT'
    ? new GatehouseUnreachable('time-limit', 'The gateway gave no token within the time limit.', { cause: error })
    : new GatehouseUnreachable('not-a-gateway', 'What answers at this address is no gateway.', { cause: error });
}

/** openid-client keeps the answer in another place when its body says nothing in OAuth's terms. */
function answerTo(error: unknown): Response | undefined {
  if (error instanceof oauth.ResponseBodyError) return error.response;
  return error instanceof oauth.ClientError && error.cause instanceof Response ? error.cause : undefined;
}
