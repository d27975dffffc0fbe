import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { VerificationOrder, VerifiedAside } from './verify-worker.js';

/** Most memory of the thread's own, megabytes: a page of entries, the hashes of archived facts, what was erased. */
const MOST_MEMORY_MB = 512;

/**
 * Verifies the whole log in the database, as of one instant, on a thread of its own and no faster than it is told, so that
 * exchanges do not wait for it.
 * @throws Error when it came to no end: the database went away, or `signal` gave it up
 */
export async function verifyAside(order: VerificationOrder, signal: AbortSignal): Promise<VerifiedAside> {
  const worker = new Worker(new URL('./verify-worker.js', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  try {
    const [verified] = (await Promise.race([
      once(worker, 'message', { signal }),
      once(worker, 'exit').then(() => {
        throw new Error('the verification ended without a result');
      }),
    ])) as [VerifiedAside];
    return verified;
  } finally {
    await worker.terminate();
  }
}
