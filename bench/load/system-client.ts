import { createHash, type JsonWebKey } from 'node:crypto';
import { exportJWK, importJWK, type CryptoKey, type JWK } from 'jose';
import * as oauth from 'openid-client';

/** An access token, and the key it is bound to. */
export interface BoundToken {
  readonly token: string;
  /** Base64url SHA-256 of the token. */
  readonly hash: string;
  /** ES256, private. */
  readonly key: JsonWebKey;
}

/** A registered system, as a client of the gateway's token endpoint. */
export class SystemClient {
  private kept: { readonly token: string; readonly at: number } | undefined;

  private constructor(
    private readonly gatewayUrl: string,
    private readonly configuration: oauth.Configuration,
    private readonly keyPair: oauth.CryptoKeyPair,
  ) {}

  /**
   * @param jwk the system's registered key, private
   * @param replicaUrl where its requests are sent; by default where the gateway says that it is
   */
  static async of(gatewayUrl: string, clientId: string, jwk: JWK, replicaUrl = gatewayUrl): Promise<SystemClient> {
    const key = (await importJWK(jwk, 'ES256')) as CryptoKey;
    const authentication = oauth.PrivateKeyJwt({ key, ...(jwk.kid !== undefined && { kid: jwk.kid }) });
    const configuration = await oauth.discovery(new URL(gatewayUrl), clientId, undefined, authentication, {
      algorithm: 'oauth2',
      execute: [oauth.allowInsecureRequests],
    });
    configuration[oauth.customFetch] = (url, options) =>
      fetch(new URL(new URL(url).pathname, replicaUrl), options as RequestInit);
    const keyPair = await oauth.randomDPoPKeyPair('ES256', { extractable: true });
    return new SystemClient(gatewayUrl, configuration, keyPair);
  }

  /** A fresh token, by the client credentials grant. It lasts five minutes, longer than any measurement. */
  async fetchToken(): Promise<BoundToken> {
    const DPoP = oauth.getDPoPHandle(this.configuration, this.keyPair);
    const { access_token: token } = await oauth.clientCredentialsGrant(this.configuration, undefined, { DPoP });
    const hash = createHash('sha256').update(token).digest('base64url');
    return { token, hash, key: (await exportJWK(this.keyPair.privateKey)) as JsonWebKey };
  }

  /** Sends each body to the gateway, and throws at the first that is not answered with `status`. */
  async postAll(path: string, bodies: readonly unknown[], status: number): Promise<void> {
    for (const body of bodies) {
      const answer = await this.send(path, body);
      if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
    }
  }

  /** Sends one request, with a token that is fetched when there is none of the last four minutes. */
  async send(path: string, body?: unknown, method = 'POST'): Promise<{ status: number; body: string }> {
    const now = performance.now();
    if (!this.kept || now - this.kept.at > KEPT_MS) this.kept = { token: (await this.fetchToken()).token, at: now };
    const headers = new Headers(body === undefined ? {} : { 'content-type': 'application/json' });
    const text = body === undefined ? undefined : JSON.stringify(body);
    const url = new URL(path, this.gatewayUrl);
    const DPoP = oauth.getDPoPHandle(this.configuration, this.keyPair);
    const { configuration } = this;
    const { token } = this.kept;
    const response = await oauth.fetchProtectedResource(configuration, token, url, method, text, headers, { DPoP });
    return { status: response.status, body: await response.text() };
  }
}

/** A token lasts five minutes. */
const KEPT_MS = 4 * 60_000;
