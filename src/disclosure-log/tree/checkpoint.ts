import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { sha256 } from './merkle-tree.js';

/** The state of the log at one size, as signed: C2SP `tlog-checkpoint` inside a C2SP `signed-note`. */
export interface Checkpoint {
  /** Name of the log: the schemaless public URL of the gateway and `/log`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A key that signs or verifies notes under a name. */
export interface NoteKey<Key = KeyObject> {
  readonly name: string;
  readonly key: Key;
}

/** What a key signs, by its type byte in C2SP `signed-note` and `tlog-cosignature`: notes, or cosignatures of checkpoints. */
export const KEY_TYPE = { note: 0x01, cosignature: 0x04 } as const;

export type KeyType = keyof typeof KEY_TYPE;

const textOf = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Signs a checkpoint (Ed25519). */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteKey): string {
  const text = textOf(checkpoint);
  const signature = sign(null, Buffer.from(text), signer.key);
  const id = noteKeyId(signer.name, rawPublicKey(signer.key));
  return `${text}\n— ${signer.name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * Opens a C2SP `signed-note`: its text, when the signer has validly signed it, else `undefined`. Signatures of others
 * (witnesses) are passed over.
 */
export function openNote(note: string, signer: NoteKey): string | undefined {
  const { text, signatures } = readNote(note, signer);
  return signatures.some((signature) => verify(null, Buffer.from(text), signer.key, signature)) ? text : undefined;
}

/** The text that the signatures of a note are over; `undefined` when it is no note. Verifies none of them. */
export function textOfNote(note: string): string | undefined {
  const end = note.lastIndexOf('\n\n');
  return end < 0 || note.length > 65_536 || !note.endsWith('\n') ? undefined : note.slice(0, end + 1);
}

/**
 * Opens a signed checkpoint of the log that bears the signer's name; `undefined` when it is anything else. Does NOT check
 * consistency with any other checkpoint.
 */
export function openCheckpoint(note: string, signer: NoteKey): Checkpoint | undefined {
  return ownCheckpoint(openNote(note, signer), signer);
}

/** {@link openCheckpoint}, with the signature verified on another thread: for thousands of them. */
export async function openCheckpointAside(note: string, signer: NoteKey): Promise<Checkpoint | undefined> {
  const { text, signatures } = readNote(note, signer);
  for (const signature of signatures) {
    if (await verifyAside(null, Buffer.from(text), signer.key, signature)) return ownCheckpoint(text, signer);
  }
  return undefined;
}

const verifyAside = promisify(verify);

/** The text of a note, and the signatures on it that bear the signer's name and key id. Nothing is verified yet. */
function readNote(note: string, signer: NoteKey): { readonly text: string; readonly signatures: readonly Buffer[] } {
  const text = textOfNote(note);
  if (text === undefined) return { text: '', signatures: [] };
  const id = noteKeyId(signer.name, rawPublicKey(signer.key));
  const signatures = note
    .slice(text.length + 1, -1)
    .split('\n')
    .flatMap((line) => {
      const [dash, name, encoded, ...rest] = line.split(' ');
      if (dash !== '—' || name !== signer.name || encoded === undefined || rest.length > 0) return [];
      const bytes = Buffer.from(encoded, 'base64');
      return bytes.subarray(0, 4).equals(id) ? [bytes.subarray(4)] : [];
    });
  return { text, signatures };
}

/** This log's checkpoints have no extension lines. */
function ownCheckpoint(text: string | undefined, signer: NoteKey): Checkpoint | undefined {
  const checkpoint = text?.split('\n').length === 4 ? readCheckpoint(text) : undefined;
  return checkpoint?.origin === signer.name ? checkpoint : undefined;
}

/**
 * Reads the text of a checkpoint, which any log may extend by further lines; `undefined` when it is none. Does NOT check who
 * signed it.
 */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const [origin, size, root] = text.split('\n');
  const hash = Buffer.from(root ?? '', 'base64');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || hash.length !== 32) return undefined;
  return Number.isSafeInteger(Number(size)) ? { origin, size: Number(size), root: hash } : undefined;
}

/** C2SP `signed-note` verifier key: `name+hex(id)+base64(type || public key)`. What one hands to those who verify. */
export function verifierKey({ name, key }: NoteKey, type: KeyType = 'note'): string {
  const raw = rawPublicKey(key);
  const typed = Buffer.concat([Buffer.of(KEY_TYPE[type]), raw]);
  return `${name}+${noteKeyId(name, raw, type).toString('hex')}+${typed.toString('base64')}`;
}

/** Reads a verifier key. @throws Error when it is not one for Ed25519 of this type or its id does not fit */
export function readVerifierKey(text: string, type: KeyType = 'note'): NoteKey {
  const [name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)?.slice(1) ?? [];
  const typed = Buffer.from(encoded ?? '', 'base64');
  if (
    !name ||
    typed.length !== 33 ||
    typed[0] !== KEY_TYPE[type] ||
    noteKeyId(name, typed.subarray(1), type).toString('hex') !== id
  ) {
    throw new Error('not an Ed25519 verifier key');
  }
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') },
  });
  return { name, key };
}

/** First four bytes of SHA-256(name || 0x0A || type || public key). */
export function noteKeyId(name: string, raw: Uint8Array, type: KeyType = 'note'): Buffer {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(KEY_TYPE[type]), raw])).subarray(0, 4);
}

const rawKeys = new WeakMap<KeyObject, Buffer>();

/** The 32 bytes of an Ed25519 key's public half. */
export function rawPublicKey(key: KeyObject): Buffer {
  let raw = rawKeys.get(key);
  if (!raw) {
    const { x } = createPublicKey(
      key.type === 'private'
        ? key.export({ type: 'pkcs8', format: 'pem' })
        : key.export({ type: 'spki', format: 'pem' }),
    ).export({ format: 'jwk' });
    raw = Buffer.from(x ?? '', 'base64url');
    rawKeys.set(key, raw);
  }
  return raw;
}
