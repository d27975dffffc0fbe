import { sign } from 'node:crypto';
import type { SigningKey } from './gateway-keys.js';

/**
 * A compact JWS (RFC 7515 section 7.1; EdDSA, RFC 8037 section 3.1) over a payload as JSON.
 * @param key an Ed25519 key
 * @param typ says what the payload is, so that one kind is not taken for another
 */
export function signJws(payload: object, typ: string, key: SigningKey): string {
  const { header, body, signature } = signText(JSON.stringify(payload), typ, key);
  return `${header}.${body}.${signature}`;
}

/** The same over a text that stands elsewhere: a JWS with detached content (RFC 7515 appendix F). */
export function signDetached(text: string, typ: string, key: SigningKey): string {
  const { header, signature } = signText(text, typ, key);
  return `${header}..${signature}`;
}

function signText(text: string, typ: string, key: SigningKey) {
  const header = base64url(JSON.stringify({ alg: 'EdDSA', typ, kid: key.kid }));
  const body = base64url(text);
  const signature = sign(null, Buffer.from(`${header}.${body}`), key.privateKey).toString('base64url');
  return { header, body, signature };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
