import { readCheckpoint, type Query } from '../disclosure-log/index.js';
import type { LogReader } from '../disclosure-log/disclosure-log.module.js';
import { askWitness } from './ask-witness.js';
import { keepCosignature, lastCosigned } from './cosignatures.js';
import type { ConfiguredWitness } from './witness-files.js';

/**
 * Has the newest checkpoint cosigned by a witness, and keeps the cosignature.
 * @returns false when it has cosigned that one, or there is none yet
 * @throws WitnessFault; whatever reading and keeping throws
 */
export async function haveCosigned(
  witness: ConfiguredWitness,
  { reader, query }: { reader: Pick<LogReader, 'checkpoint' | 'proveConsistency'>; query: Query },
  signal: AbortSignal,
): Promise<boolean> {
  const newest = await reader.checkpoint();
  const lastSize = await lastCosigned(query, witness);
  if (!newest || lastSize >= newest.size) return false;
  const proveFrom = async (from: number): Promise<readonly Buffer[]> => {
    const found = await reader.proveConsistency(from, newest.size);
    if (!found) throw new Error('the log is smaller than its checkpoint');
    return found.proof;
  };
  const cosignature = await askWitness(witness, { ...newest, proveFrom }, lastSize, signal);
  await keepCosignature(query, witness, readCheckpoint(newest.note)!, cosignature);
  return true;
}
