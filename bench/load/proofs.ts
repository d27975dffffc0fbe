import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ProofOrder } from './proof-worker.js';

/** Makes DPoP proofs in threads of their own, before a measurement, so that signing them is not measured. */
export class ProofMakers {
  private readonly workers: Worker[];

  constructor(threads = 2) {
    this.workers = Array.from({ length: threads }, () => new Worker(new URL('./proof-worker.js', import.meta.url)));
  }

  async make(order: ProofOrder): Promise<string[]> {
    const share = Math.ceil(order.count / this.workers.length);
    const made = await Promise.all(
      this.workers.map(async (worker) => {
        worker.postMessage({ ...order, count: share } satisfies ProofOrder);
        const [proofs] = (await once(worker, 'message')) as [string[]];
        return proofs;
      }),
    );
    return made.flat();
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
