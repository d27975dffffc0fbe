import { parentPort } from 'node:worker_threads';
import { ProofRefused, verifyDpopProof, type ProofIdentity, type ProvedRequest } from './dpop-proof.js';
import { PublicKeys } from './public-key.js';

/** Proofs that are verified together. */
export interface ProofBatch {
  readonly id: number;
  readonly proofs: readonly { readonly proof: string; readonly expected: ProvedRequest }[];
}

/** What {@link verifyDpopProof} found of one. */
export type ProofFinding = ProofIdentity | { readonly refused: ProofRefused['code'] };

/** What was found of each, in their order. */
export interface ProofFindings {
  readonly id: number;
  readonly findings: readonly ProofFinding[];
}

const keys = new PublicKeys();

parentPort?.on('message', (batch: ProofBatch) => void verify(batch));

async function verify({ id, proofs }: ProofBatch): Promise<void> {
  const findings = await Promise.all(proofs.map(({ proof, expected }) => findingOf(proof, expected)));
  parentPort?.postMessage({ id, findings } satisfies ProofFindings);
}

async function findingOf(proof: string, expected: ProvedRequest): Promise<ProofFinding> {
  try {
    return await verifyDpopProof(proof, expected, keys);
  } catch (error) {
    if (error instanceof ProofRefused) return { refused: error.code };
    throw error;
  }
}
