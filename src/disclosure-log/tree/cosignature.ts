import { sign, verify } from 'node:crypto';
import { noteKeyId, rawPublicKey, type NoteKey } from './checkpoint.js';

/**
 * A witness's word, C2SP `tlog-cosignature` (cosignature/v1, Ed25519): at `at`, the checkpoint was of the largest tree of its
 * log that the witness had seen, and consistent with all before it.
 */
export interface Cosignature {
  /** Whole seconds. */
  readonly at: Date;
  /** Signature line of a note, with its newline. */
  readonly line: string;
}

const ID_BYTES = 4;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** Latest second that a Date can hold; the specification's own bound (2^63 - 1) is later. */
const LATEST_SECOND = 8_640_000_000_000n;

const messageOf = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/**
 * Cosigns a checkpoint: gives the signature line. MUST be called only for a text that is consistent with every other that
 * this witness cosigned (see `Witness`).
 *
 * @param text of the checkpoint, without signatures
 */
export function cosign(text: string, witness: NoteKey, at: Date): string {
  const seconds = BigInt(Math.floor(at.getTime() / 1_000));
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(seconds);
  const id = noteKeyId(witness.name, rawPublicKey(witness.key), 'cosignature');
  const signature = sign(null, messageOf(text, seconds), witness.key);
  return `— ${witness.name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`;
}

/**
 * Finds the cosignature that a witness gave on a checkpoint among signature lines; `undefined` when there is no valid one.
 * Lines of others are passed over. Does NOT judge its time.
 *
 * @param text of the checkpoint, without signatures
 */
export function openCosignature(text: string, lines: string, witness: NoteKey): Cosignature | undefined {
  const id = noteKeyId(witness.name, rawPublicKey(witness.key), 'cosignature');
  for (const line of lines.split('\n')) {
    const [dash, name, encoded = '', ...rest] = line.split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    if (dash !== '—' || name !== witness.name || rest.length > 0 || bytes.toString('base64') !== encoded) continue;
    if (bytes.length !== ID_BYTES + TIME_BYTES + SIGNATURE_BYTES || !bytes.subarray(0, ID_BYTES).equals(id)) continue;
    const seconds = bytes.readBigUInt64BE(ID_BYTES);
    if (seconds > LATEST_SECOND) continue;
    if (verify(null, messageOf(text, seconds), witness.key, bytes.subarray(ID_BYTES + TIME_BYTES))) {
      return { at: new Date(Number(seconds) * 1_000), line: `${line}\n` };
    }
  }
  return undefined;
}
