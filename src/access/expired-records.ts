import type { Clock } from '../config/index.js';
import type { AccessStore } from './access-store.js';

/** Pause between two rounds, milliseconds. */
const PAUSE_MS = 30_000;
/** Most rows deleted by one statement, and most statements of one round. */
const LARGEST_BATCH = 5_000;
const MOST_BATCHES = 20;

const STATEMENTS = [
  `DELETE FROM used_proofs WHERE proof_hash IN
     (SELECT proof_hash FROM used_proofs WHERE expires_at < $1 ORDER BY expires_at LIMIT ${LARGEST_BATCH}) RETURNING 1`,
  `DELETE FROM authorization_records WHERE (kind, id) IN
     (SELECT kind, id FROM authorization_records WHERE expires_at < $1 ORDER BY expires_at LIMIT ${LARGEST_BATCH}) RETURNING 1`,
];

/** Deletes proofs and assertions that are too old to be accepted again. */
export class ExpiredRecords {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AccessStore,
    private readonly clock: Clock,
  ) {}

  /** Begins to delete now and then, until {@link stop}. Keeps no process alive. */
  start(): void {
    this.timer = setInterval(() => {
      // A failed round is made up for by the next.
      this.round = this.deleteExpired().catch(() => undefined);
    }, PAUSE_MS);
    this.timer.unref();
  }

  /** Ends the timer and waits for a round under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** One round: in batches, so that no statement holds many rows for long. */
  async deleteExpired(): Promise<void> {
    for (const statement of STATEMENTS) {
      for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
        const deleted = await this.store.run(statement, [this.clock.now()]);
        if (deleted.length < LARGEST_BATCH) break;
      }
    }
  }
}
