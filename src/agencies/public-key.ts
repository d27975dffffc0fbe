import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicJwk } from './agency.js';

/** The only signature algorithms that agencies and systems use: RFC 7518 s.3.4 and s.3.5, RFC 8037. */
export const SIGNING_ALGORITHMS = ['ES256', 'EdDSA', 'PS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A public key that can be verified with, and the one algorithm that it may be used with. */
export interface VerificationKey {
  readonly key: KeyObject;
  readonly algorithm: SigningAlgorithm;
}

/** RSA keys below this are refused (NCSC; RFC 7518 s.3.5 says 2,048 or larger). */
const LEAST_RSA_BITS = 2048;

/** Keys that were read, so that thousands of signatures by one key do not each read it again. Keys are never changed. */
const known = new WeakMap<PublicJwk, VerificationKey>();

/**
 * Reads a JSON Web Key. The algorithm follows from the key and never from what a signature says of itself.
 * @throws Error with a plain sentence when it is not a P-256, Ed25519 or RSA public key of sufficient size, or names
 * another algorithm than its own
 */
export function readPublicKey(jwk: PublicJwk): VerificationKey {
  const read = known.get(jwk) ?? readNewKey(jwk);
  known.set(jwk, read);
  return read;
}

function readNewKey(jwk: PublicJwk): VerificationKey {
  const algorithm = algorithmOf(jwk);
  if (!algorithm) throw new Error('is of no type that can be used here: P-256, Ed25519 or RSA');
  if (jwk.alg !== undefined && jwk.alg !== algorithm) throw new Error(`names an algorithm other than ${algorithm}`);
  let key: KeyObject;
  try {
    const { kty, crv, x, y, n, e } = jwk;
    key = createPublicKey({ key: JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })), format: 'jwk' });
  } catch {
    throw new Error('is not a complete public key');
  }
  if (algorithm === 'PS256' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) {
    throw new Error(`has fewer than ${LEAST_RSA_BITS} bits`);
  }
  return { key, algorithm };
}

function algorithmOf(jwk: PublicJwk): SigningAlgorithm | undefined {
  if (jwk.kty === 'EC' && jwk.crv === 'P-256') return 'ES256';
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return 'EdDSA';
  return jwk.kty === 'RSA' ? 'PS256' : undefined;
}
