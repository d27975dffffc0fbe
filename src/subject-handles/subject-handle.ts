import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { IdentifierType } from './identifier-types.js';

/** An identifier in its normal form, as `parseIdentifier` gives it. */
export interface Identifier {
  readonly type: IdentifierType;
  readonly value: string;
}

/** Shortest key, bytes: below this, handles could be guessed at. */
const SHORTEST_KEY_BYTES = 32;

/**
 * The handle that stands for a person or place inside one agency's view: HMAC-SHA-256 (RFC 2104) over type and value,
 * base64url, 43 characters. The same identifier always gives the same handle for one agency.
 *
 * INVARIANT: 1. The only trace of an identifier that may be written down. Each agency's handles are made with a key of its
 * own, HMAC-SHA-256 of the agency under `key`, so handles of two agencies cannot be linked. Whoever holds `key` can find out whose
 * handle it is by trying identifiers: the key is a secret, not a salt.
 *
 * Does NOT check or normalise the identifier (see `parseIdentifier`).
 * @param key At least 32 random bytes, which MUST NOT be changed afterwards
 * @throws RangeError when the key is shorter
 */
export function subjectHandle(key: Buffer, agency: string, identifier: Identifier): string {
  return handle(key, ['gatehouse subject handle 1', agency], [identifier.type, identifier.value]);
}

/**
 * The handle that stands for a case reference inside one agency's view. Never equal to a subject handle. Takes the
 * reference as it is written: two ways of writing one reference give two handles.
 *
 * INVARIANT: 1. A reference may hold what it should not, so it is recorded as a handle only.
 * @throws RangeError when the key is shorter than 32 bytes
 */
export function caseReferenceHandle(key: Buffer, agency: string, reference: string): string {
  return handle(key, ['gatehouse case reference handle 1', agency], [reference]);
}

function handle(key: Buffer, keyContext: readonly string[], content: readonly string[]): string {
  return createHmac('sha256', agencyKey(key, keyContext)).update(unambiguous(content)).digest('base64url');
}

/** Keys already derived: Node takes six times as long with a key in bytes as with one that it has prepared. */
const agencyKeys = new WeakMap<Buffer, Map<string, KeyObject>>();
const MOST_AGENCY_KEYS = 1000;

function agencyKey(key: Buffer, keyContext: readonly string[]): KeyObject {
  const name = JSON.stringify(keyContext);
  const known = agencyKeys.get(key)?.get(name);
  if (known) return known;
  if (key.length < SHORTEST_KEY_BYTES) throw new RangeError('The key of subject handles is too short.');
  const made = createSecretKey(createHmac('sha256', key).update(unambiguous(keyContext)).digest());
  const ofKey = agencyKeys.get(key);
  if (ofKey && ofKey.size < MOST_AGENCY_KEYS) ofKey.set(name, made);
  else agencyKeys.set(key, new Map([[name, made]]));
  return made;
}

/** Each text with its length before it, so that no two lists give the same bytes; UTF-16, which keeps every string apart. */
function unambiguous(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf16le');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
