import type { Clock } from '../config/index.js';
import type { SoleReplica } from '../database/index.js';
import type { EvidenceBy, Log, Metrics } from '../observability/index.js';
import { Patience } from './patience.js';

/** Somebody outside who says something of this log's checkpoints. */
export interface Party {
  /** As in the metrics. */
  readonly id: string;
  /** The only address of it that is called. */
  readonly url: string;
}

/** How often is looked whether there is something to ask, milliseconds. Each party is asked that often at most. */
const LOOK_EVERY_MS = 1_000;

/**
 * Asks parties outside for evidence of this log's checkpoints, in the background, on one replica at a time. The parties do not
 * wait for each other, and nothing of an exchange waits for any of them: one that fails is logged, counted and asked again,
 * with longer and longer pauses of up to a minute.
 */
export class Asking<One extends Party> {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<One, Promise<void>>();
  private readonly patience: ReadonlyMap<One, Patience>;

  constructor(
    private readonly parts: {
      readonly by: EvidenceBy;
      readonly parties: readonly One[];
      /** Asks one, where there is something to ask: whether there was. @throws when it gave nothing that holds */
      readonly ask: (party: One, signal: AbortSignal) => Promise<boolean>;
      /** A word, fixed in code, for what was thrown. */
      readonly faultOf: (error: unknown) => string;
      readonly sole: SoleReplica;
      readonly clock: Clock;
      readonly log: Log;
      readonly metrics: Metrics;
    },
  ) {
    this.patience = new Map(parts.parties.map((party) => [party, new Patience()]));
  }

  /** Begins, until {@link stop}; without parties there is nothing to begin. Keeps no process alive. */
  start(): void {
    if (this.parts.parties.length === 0) return;
    this.timer = setInterval(() => {
      this.looking ??= this.look()
        .catch((error: unknown) => this.parts.log.warn('evidence-not-asked-for', { err: error }))
        .finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS).unref();
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.looking;
    await Promise.all(this.underWay.values());
    await this.parts.sole.release();
  }

  /** Asks every party that is not being asked and has had its pause. Does not wait for answers. */
  private async look(): Promise<void> {
    const { parties, sole, clock } = this.parts;
    if (!(await sole.isThis())) return;
    for (const party of parties) {
      if (this.stopping.signal.aborted) return;
      if (this.underWay.has(party) || !this.patience.get(party)!.mayAsk(clock.now())) continue;
      this.underWay.set(
        party,
        this.ask(party).finally(() => this.underWay.delete(party)),
      );
    }
  }

  /** Never fails. */
  private async ask(party: One): Promise<void> {
    const { by, ask, faultOf, metrics, log, clock } = this.parts;
    const { host } = new URL(party.url);
    try {
      if (!(await ask(party, this.stopping.signal))) return;
      metrics.evidenceAnswered(by, party.id, 'given');
      if (this.patience.get(party)!.succeeded()) log.info('evidence-comes-again', { check: by, host });
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const fault = faultOf(error);
      metrics.evidenceAnswered(by, party.id, fault);
      if (this.patience.get(party)!.failed(clock.now())) {
        log.warn('evidence-missing', { check: by, host, fault, err: error });
      }
    }
  }
}
