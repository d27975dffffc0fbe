import { createPrivateKey, randomUUID, sign, type JsonWebKey } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/** An order for DPoP proofs (RFC 9449) that are all for one method, URL and access token, and differ in `jti`. */
export interface ProofOrder {
  readonly count: number;
  /** ES256, private. */
  readonly key: JsonWebKey;
  readonly htm: string;
  readonly htu: string;
  /** Base64url SHA-256 of the access token. */
  readonly ath: string;
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function makeProofs({ count, key: { d, ...jwk }, htm, htu, ath }: ProofOrder): string[] {
  const key = createPrivateKey({ key: { ...jwk, ...(d !== undefined && { d }) }, format: 'jwk' });
  const header = encode({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } });
  return Array.from({ length: count }, () => {
    const claims = { jti: randomUUID(), htm, htu, ath, iat: Math.floor(Date.now() / 1000) };
    const signed = `${header}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  });
}

parentPort?.on('message', (order: ProofOrder) => parentPort?.postMessage(makeProofs(order)));
