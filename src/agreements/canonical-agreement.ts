import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AgreementDraft } from './agreement.js';

/** What every party signs, and the name it goes by. */
export interface CanonicalAgreement {
  /** RFC 8785 over the agreement, UTF-8. */
  readonly bytes: Buffer;
  /** SHA-256 over the bytes, lower-case hexadecimal. */
  readonly hash: string;
}

/** The agreement as its parties sign it. `kind`, which only says what a file holds, is not part of it. */
export function canonicalAgreement(agreement: AgreementDraft): CanonicalAgreement {
  const bytes = canonicalBytes(agreement);
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Canonical JSON (RFC 8785), UTF-8.
 * @throws TypeError for what has no canonical form: no JSON value, NaN, an infinity, a lone surrogate (s.3.2.2.2)
 */
export function canonicalBytes(value: unknown): Buffer {
  const text = canonicalize(value);
  // `JSON.stringify` writes a lone surrogate as an escape, where RFC 8785 demands an error.
  if (text === undefined || /(?<!\\)(\\\\)*\\ud[89a-f]/i.test(text)) {
    throw new TypeError('the value has no canonical JSON form');
  }
  return Buffer.from(text, 'utf8');
}
