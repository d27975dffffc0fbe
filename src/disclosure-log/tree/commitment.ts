import { randomBytes } from 'node:crypto';
import { hashLeaf, sha256 } from './merkle-tree.js';

/** The text of an entry, in two parts: what its receipt says, and what only the log keeps. Both RFC 8785. */
export interface EntryText {
  readonly claims: string;
  readonly detail: string;
}

/** Length of a salt, bytes: one half for the claims, one for the detail. */
export const SALT_BYTES = 32;

/** Salts for so many entries, drawn at once: to draw costs more than what is drawn. */
export function makeSalts(count: number): Buffer[] {
  const drawn = randomBytes(count * SALT_BYTES);
  return Array.from({ length: count }, (_, place) => drawn.subarray(place * SALT_BYTES, (place + 1) * SALT_BYTES));
}

/** What a holder of a receipt needs, beside the claims, to recompute the leaf. Reveals nothing of the detail. */
export interface Opening {
  /** First half of the salt. */
  readonly claimsSalt: Buffer;
  /** SHA-256(second half of the salt || detail). */
  readonly detailDigest: Buffer;
}

/**
 * Commitment to an entry: SHA-256(claims salt || SHA-256(claims) || detail digest), where the detail digest is
 * SHA-256(detail salt || detail). Once text and salt are erased, the commitment says nothing about what they were; a
 * receipt still opens its claims, because it carries what is needed.
 */
export function commit(claims: string, opening: Opening): Buffer {
  return commitDigest(digestOf(claims), opening);
}

/** The same for whoever was shown not all of the claims, and their digest. */
export function commitDigest(claimsDigest: Uint8Array, opening: Opening): Buffer {
  return sha256(gather(opening.claimsSalt, claimsDigest, opening.detailDigest));
}

/** SHA-256 of claims, as RFC 8785 text. */
export const digestOf = (claims: string): Buffer => sha256(claims);

export function openingOf(text: EntryText, salt: Uint8Array): Opening {
  const half = SALT_BYTES / 2;
  return {
    claimsSalt: Buffer.from(salt.subarray(0, half)),
    detailDigest: sha256(gather(salt.subarray(half), text.detail)),
  };
}

/** Leaf of an entry: the RFC 6962 hash of its salted commitment. */
export const leafHashOf = (text: EntryText, salt: Uint8Array): Buffer =>
  hashLeaf(commit(text.claims, openingOf(text, salt)));

/** The parts one after the other, until it is called again. */
function gather(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  let end = 0;
  for (const part of parts) {
    if (end + part.length * MOST_BYTES_A_UNIT > GATHERED.length)
      return Buffer.concat(parts.map((each) => Buffer.from(each)));
    if (typeof part === 'string') end += GATHERED.write(part, end);
    else {
      GATHERED.set(part, end);
      end += part.length;
    }
  }
  return GATHERED.subarray(0, end);
}

/** Where parts are put together. Used again for each hash, since hashing is synchronous and a log is hashed by the million. */
const GATHERED = Buffer.alloc(16_384);
/** UTF-8 of one unit of a JavaScript text. */
const MOST_BYTES_A_UNIT = 3;
