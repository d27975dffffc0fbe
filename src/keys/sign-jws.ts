import { sign } from 'node:crypto';
import type { SigningKey } from './gateway-keys.js';

/**
 * A compact JWS (RFC 7515 section 7.1; EdDSA, RFC 8037 section 3.1) over a payload as JSON.
 * @param key an Ed25519 key
 * @param typ says what the payload is, so that one kind is not taken for another
 */
export function signJws(payload: object, typ: string, key: SigningKey): string {
  const header = { alg: 'EdDSA', typ, kid: key.kid };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
