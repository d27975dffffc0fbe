import { postBytes, SupplierFault, type SupplierFaultCode } from '../connectors/index.js';
import { openCosignature, textOfNote, type Cosignature } from '../disclosure-log/index.js';
import { writeAddCheckpoint } from './add-checkpoint.js';
import { MAX_CHECKPOINT_BYTES } from './witness.js';
import type { ConfiguredWitness } from './witness-files.js';

/** Why a witness gave no cosignature. */
export type WitnessFaultCode =
  | SupplierFaultCode
  | 'wrong-signature' // it answered 200, and what it gave is no cosignature of its own on this checkpoint
  | 'ahead' // it says that it cosigned a larger tree than there is: the log was rewound, or the witness lies
  | 'conflict'; // it names another size each time it is asked, or one that it has forked from

/** A witness gave no cosignature. Nothing but the evidence is missing: exchanges go on. */
export class WitnessFault extends Error {
  override readonly name = 'WitnessFault';
  constructor(readonly code: WitnessFaultCode) {
    super(`the witness gave no cosignature: ${code}`);
  }
}

/** A checkpoint that a cosignature is asked on. */
export interface Submitted {
  readonly size: number;
  /** As this log signed it. */
  readonly note: string;
  /** Consistency proof from a smaller size (RFC 6962 section 2.1.2). */
  readonly proveFrom: (size: number) => Promise<readonly Buffer[]>;
}

/** For one answer, milliseconds. */
const DEADLINE_MS = 5_000;

/**
 * Asks a witness to cosign a checkpoint, C2SP `tlog-witness`. A witness that cosigned another size last says so, and is asked
 * once more from there.
 *
 * @param lastSize what it cosigned last, as this log knows; 0 for nothing
 * @throws WitnessFault in every case in which there is no valid cosignature of that witness
 */
export async function askWitness(
  { key, url }: ConfiguredWitness,
  { size, note, proveFrom }: Submitted,
  lastSize: number,
  signal: AbortSignal,
): Promise<Cosignature> {
  const send = async (oldSize: number) => {
    const body = writeAddCheckpoint({ oldSize, proof: await proveFrom(oldSize), note });
    return await postBytes({
      url,
      contentType: 'text/plain; charset=utf-8',
      body,
      deadlineMs: DEADLINE_MS,
      limit: MAX_CHECKPOINT_BYTES,
      signal,
    }).catch((error: unknown) => {
      throw error instanceof SupplierFault ? new WitnessFault(error.code) : error;
    });
  };
  let answer = await send(lastSize);
  if (answer.status === 409) {
    const named = sizeNamed(answer.body);
    if (named > size) throw new WitnessFault('ahead');
    if (Number.isNaN(named) || named === lastSize) throw new WitnessFault('conflict');
    answer = await send(named);
    if (answer.status === 409) throw new WitnessFault('conflict');
  }
  if (answer.status >= 500) throw new WitnessFault('unavailable');
  if (answer.status !== 200) throw new WitnessFault(answer.status >= 400 ? 'refused' : 'not-understood');
  const cosignature = openCosignature(textOfNote(note) ?? '', answer.body.toString('utf8'), key);
  if (!cosignature) throw new WitnessFault('wrong-signature');
  return cosignature;
}

/** NaN when it is no size. */
const sizeNamed = (body: Buffer): number => {
  const text = body.subarray(0, 32).toString('latin1');
  return /^(0|[1-9]\d{0,15})\n?$/.test(text) ? Number(text) : NaN;
};
