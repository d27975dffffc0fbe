import { Patience } from '../connectors/index.js';
import type { Clock } from '../config/index.js';
import type { SoleReplica } from '../database/index.js';
import { readCheckpoint, type LogReader, type Query } from '../disclosure-log/index.js';
import type { Log, Metrics } from '../observability/index.js';
import { askWitness, WitnessFault } from './ask-witness.js';
import { keepCosignature, lastCosigned } from './cosignatures.js';
import type { ConfiguredWitness } from './witness-files.js';

/** How often is looked whether the log has grown, milliseconds. Each witness is asked that often at most. */
const LOOK_EVERY_MS = 1_000;

/**
 * Has the newest checkpoint cosigned by each witness, in the background, on one replica at a time. Witnesses do not wait for
 * each other, and nothing of an exchange waits for any of them.
 */
export class Cosigning {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  /** Being asked now. */
  private readonly asked = new Map<ConfiguredWitness, Promise<void>>();
  private readonly patience: ReadonlyMap<ConfiguredWitness, Patience>;

  constructor(
    private readonly parts: {
      readonly witnesses: readonly ConfiguredWitness[];
      readonly reader: Pick<LogReader, 'checkpoint' | 'proveConsistency'>;
      readonly query: Query;
      readonly sole: SoleReplica;
      readonly clock: Clock;
      readonly log: Log;
      readonly metrics: Metrics;
    },
  ) {
    this.patience = new Map(parts.witnesses.map((witness) => [witness, new Patience()]));
  }

  /** Begins, until {@link stop}; without witnesses there is nothing to begin. Keeps no process alive. */
  start(): void {
    if (this.parts.witnesses.length === 0) return;
    this.timer = setInterval(() => {
      this.looking ??= this.look()
        .catch((error: unknown) => this.parts.log.warn('cosigning-failed', { err: error }))
        .finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS).unref();
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.looking;
    await Promise.all(this.asked.values());
    await this.parts.sole.release();
  }

  /** Asks every witness that is not being asked, has had its pause and has not cosigned the newest checkpoint. */
  private async look(): Promise<void> {
    if (!(await this.parts.sole.isThis())) return;
    const newest = await this.parts.reader.checkpoint();
    if (!newest || this.stopping.signal.aborted) return;
    for (const witness of this.parts.witnesses) {
      if (this.asked.has(witness) || !this.patience.get(witness)!.mayAsk(this.parts.clock.now())) continue;
      this.asked.set(
        witness,
        this.ask(witness, newest).finally(() => this.asked.delete(witness)),
      );
    }
  }

  /** Never fails: what goes wrong is logged, counted, and tried again later. */
  private async ask(witness: ConfiguredWitness, newest: { size: number; note: string }): Promise<void> {
    const { query, metrics, log, clock } = this.parts;
    const host = new URL(witness.url).host;
    try {
      const lastSize = await lastCosigned(query, witness);
      if (lastSize >= newest.size) return;
      const proveFrom = (from: number) => this.prove(from, newest.size);
      const cosignature = await askWitness(witness, { ...newest, proveFrom }, lastSize, this.stopping.signal);
      await keepCosignature(query, witness, readCheckpoint(newest.note)!, cosignature);
      metrics.evidenceAnswered('witness', witness.id, 'given');
      if (this.patience.get(witness)!.succeeded()) log.info('witness-answers-again', { host });
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const fault = error instanceof WitnessFault ? error.code : 'failed';
      metrics.evidenceAnswered('witness', witness.id, fault);
      if (this.patience.get(witness)!.failed(clock.now())) log.warn('witness-failed', { host, fault, err: error });
    }
  }

  private async prove(from: number, to: number): Promise<readonly Buffer[]> {
    const found = await this.parts.reader.proveConsistency(from, to);
    if (!found) throw new Error('the log is smaller than its checkpoint');
    return found.proof;
  }
}
