import { hash } from 'node:crypto';
import type { CryptoKey } from 'jose';
import { importJWK } from 'jose/key/import';
import { RecentlyUsed } from './recently-used.js';

/** The members that make up a key, in the order of RFC 7638 section 3.2, and the algorithm it is imported for. */
const KEY_TYPES = {
  EC: { members: ['crv', 'kty', 'x', 'y'], curve: 'P-256', algorithm: 'ES256' },
  OKP: { members: ['crv', 'kty', 'x'], curve: 'Ed25519', algorithm: 'Ed25519' },
  RSA: { members: ['e', 'kty', 'n'], curve: undefined, algorithm: 'PS256' },
} as const;

/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2: members that only a private or secret key has. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** 4,096 bits and a 32-bit exponent, base64url: more would make each verification slow on purpose. */
const LONGEST_MODULUS = 683;
const LONGEST_EXPONENT = 6;

/** A public key that a caller sent, reduced to the members that define it. */
export interface SentKey {
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly algorithm: string;
  readonly jwk: Readonly<Record<string, string>>;
}

/**
 * Reads an embedded public key: EC P-256, Ed25519 or RSA up to 4,096 bits.
 *
 * Does NOT check that the numbers are a key (the import does) or that RSA has at least 2,048 bits (the verification does).
 *
 * @throws Error when it is anything else, or holds a private member
 */
export function readSentKey(jwk: unknown): SentKey {
  if (typeof jwk !== 'object' || jwk === null) throw new Error('no key');
  const sent = jwk as Record<string, unknown>;
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(sent, name))) throw new Error('private key');
  const type = Object.entries(KEY_TYPES).find(([kty]) => kty === sent['kty'])?.[1];
  if (!type) throw new Error('key type');
  if (type.curve && sent['crv'] !== type.curve) throw new Error('curve');
  const members: Record<string, string> = {};
  for (const name of type.members) {
    const value = sent[name];
    if (typeof value !== 'string' || value.length > LONGEST_MODULUS) throw new Error('key member');
    members[name] = value;
  }
  if ((members['e']?.length ?? 0) > LONGEST_EXPONENT) throw new Error('exponent');
  const thumbprint = hash('sha256', JSON.stringify(members), 'base64url');
  return { thumbprint, algorithm: type.algorithm, jwk: members };
}

/** Imports public keys and remembers them by thumbprint: importing costs more than verifying a signature. */
export class PublicKeys {
  private readonly imported: RecentlyUsed<string, CryptoKey>;

  /** @param limit most keys remembered */
  constructor(limit = 10_000) {
    this.imported = new RecentlyUsed(limit);
  }

  /** @throws Error when the members are not a key */
  async import(sent: SentKey): Promise<CryptoKey> {
    const known = this.imported.get(sent.thumbprint);
    if (known) return known;
    const key = await importJWK({ ...sent.jwk }, sent.algorithm);
    if (key instanceof Uint8Array || key.type !== 'public') throw new Error('not a public key');
    this.imported.set(sent.thumbprint, key);
    return key;
  }
}
