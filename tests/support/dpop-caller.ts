import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { GatewayKeys } from '../../src/keys/index.js';

/** A key pair of a caller, with the thumbprint that tokens are bound to. */
export interface CallerKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly jkt: string;
}

export async function makeCallerKey(alg = 'ES256'): Promise<CallerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { alg, privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) };
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Signs a DPoP proof; `claims` and `header` replace members of a good one, and `undefined` leaves one out. */
export async function makeProof(
  key: CallerKey,
  request: { method: string; url: string; token: string; now: Date },
  change: {
    claims?: Record<string, unknown>;
    header?: Record<string, unknown>;
    signWith?: CryptoKey | Uint8Array;
  } = {},
): Promise<string> {
  const claims = {
    jti: randomUUID(),
    htm: request.method,
    htu: request.url,
    iat: Math.floor(request.now.getTime() / 1000),
    ath: sha256(request.token),
    ...change.claims,
  };
  const header = { alg: key.alg, typ: 'dpop+jwt', jwk: key.jwk, ...change.header };
  return await new SignJWT(claims).setProtectedHeader(header).sign(change.signWith ?? key.privateKey);
}

/** Signs an access token as the gateway would; `claims`, `header` and `signWith` replace what is right. */
export async function makeAccessToken(
  keys: GatewayKeys,
  bound: { issuer: string; clientId: string; jkt: string; now: Date },
  change: {
    claims?: Record<string, unknown>;
    header?: Record<string, unknown>;
    signWith?: Parameters<SignJWT['sign']>[0];
  } = {},
): Promise<string> {
  const iat = Math.floor(bound.now.getTime() / 1000);
  const claims = {
    iss: bound.issuer,
    aud: bound.issuer,
    sub: bound.clientId,
    client_id: bound.clientId,
    jti: randomUUID(),
    iat,
    exp: iat + 300,
    cnf: { jkt: bound.jkt },
    ...change.claims,
  };
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keys.token.kid, ...change.header })
    .sign(change.signWith ?? keys.token.privateKey);
}
