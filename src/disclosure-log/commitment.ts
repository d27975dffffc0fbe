import { hash, randomBytes } from 'node:crypto';
import { hashLeaf } from './merkle-tree.js';

/** The text of an entry, in two parts: what its receipt says, and what only the log keeps. Both RFC 8785. */
export interface EntryText {
  readonly claims: string;
  readonly detail: string;
}

/** Length of a salt, bytes: one half for the claims, one for the detail. */
export const SALT_BYTES = 32;

export const makeSalt = (): Buffer => randomBytes(SALT_BYTES);

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
  return sha256(opening.claimsSalt, claimsDigest, opening.detailDigest);
}

/** SHA-256 of claims, as RFC 8785 text. */
export const digestOf = (claims: string): Buffer => sha256(Buffer.from(claims));

export function openingOf(text: EntryText, salt: Uint8Array): Opening {
  const half = SALT_BYTES / 2;
  return {
    claimsSalt: Buffer.from(salt.subarray(0, half)),
    detailDigest: sha256(salt.subarray(half), Buffer.from(text.detail)),
  };
}

/** Leaf of an entry: the RFC 6962 hash of its salted commitment. */
export const leafHashOf = (text: EntryText, salt: Uint8Array): Buffer =>
  hashLeaf(commit(text.claims, openingOf(text, salt)));

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}
