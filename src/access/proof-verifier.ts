import { Worker } from 'node:worker_threads';
import { unauthenticated } from './challenge.js';
import type { ProofIdentity, ProvedRequest } from './dpop-proof.js';
import type { ProofBatch, ProofFinding, ProofFindings } from './proof-thread.js';

/** Most memory of the thread's own, megabytes: it keeps public keys and nothing else. */
const MOST_MEMORY_MB = 128;

/** A proof that waits for what is found of it. */
interface Waiting {
  readonly proof: string;
  readonly expected: ProvedRequest;
  readonly resolve: (finding: ProofFinding) => void;
  readonly reject: (cause: Error) => void;
}

/** The thread, and what it was given and has not answered, by batch. */
interface Thread {
  readonly worker: Worker;
  readonly underWay: Map<number, readonly Waiting[]>;
}

/**
 * Verifies DPoP proofs on a thread of its own, which is started with the first of them. Proofs that come in the same turn of
 * the event loop go there together: to wake a thread costs about as much as to verify a signature.
 */
export class ProofVerifier {
  private waiting: Waiting[] = [];
  private thread: Thread | undefined;
  private batches = 0;

  /**
   * See `verifyDpopProof`.
   * @throws Problem TOKEN_INVALID or PROOF_INVALID; Error when the thread did not answer, and nobody knows
   */
  async verify(proof: string, expected: ProvedRequest): Promise<ProofIdentity> {
    const finding = await new Promise<ProofFinding>((resolve, reject) => {
      if (this.waiting.push({ proof, expected, resolve, reject }) === 1) setImmediate(() => this.send());
    });
    if ('refused' in finding) throw unauthenticated(finding.refused);
    return finding;
  }

  /** Ends the thread. Whoever still waits for it is refused. */
  async close(): Promise<void> {
    await this.thread?.worker.terminate();
  }

  /** Nest's hook. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** INVARIANT: 2. Where there can be no thread, those who wait are refused, and the gateway goes on. */
  private send(): void {
    const batch = this.waiting;
    this.waiting = [];
    try {
      const { worker, underWay } = (this.thread ??= this.start());
      const id = this.batches++;
      const proofs = batch.map(({ proof, expected }) => ({ proof, expected }));
      worker.postMessage({ id, proofs } satisfies ProofBatch);
      underWay.set(id, batch);
    } catch (cause) {
      refuse(batch, cause);
    }
  }

  private start(): Thread {
    const worker = new Worker(new URL('./proof-thread.js', import.meta.url), {
      name: 'proofs',
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    const thread: Thread = { worker, underWay: new Map() };
    worker.on('message', ({ id, findings }: ProofFindings) => {
      const batch = thread.underWay.get(id) ?? [];
      thread.underWay.delete(id);
      batch.forEach(({ resolve }, place) => resolve(findings[place]!));
    });
    worker.on('error', (cause) => this.lose(thread, cause));
    worker.on('exit', () => this.lose(thread));
    // A gateway that has nothing else to do may end.
    worker.unref();
    return thread;
  }

  /** INVARIANT: 2. A proof that nobody has found genuine is refused; the next ones have a new thread. */
  private lose(thread: Thread, cause?: unknown): void {
    if (this.thread === thread) this.thread = undefined;
    refuse([...thread.underWay.values()].flat(), cause);
    thread.underWay.clear();
  }
}

function refuse(waiting: readonly Waiting[], cause: unknown): void {
  for (const { reject } of waiting) reject(new Error('the thread that verifies proofs did not answer', { cause }));
}
