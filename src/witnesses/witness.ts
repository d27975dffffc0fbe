import type { Clock } from '../config/index.js';
import { cosign, type NoteKey } from '../disclosure-log/index.js';
import { judgeCheckpoint, originOf, readAddCheckpoint, type Cosigned } from './add-checkpoint.js';

/** What a witness remembers, by origin: the largest tree that it cosigned. It MUST NOT forget. */
export interface WitnessMemory {
  latest(origin: string): Promise<Cosigned | undefined>;
  /**
   * Moves on, if `from` is still what was cosigned last (`undefined`: nothing was). All who share the memory are in one order.
   * When it resolves to `true`, it is durable.
   */
  moveOn(origin: string, from: Cosigned | undefined, to: NewlyCosigned): Promise<boolean>;
}

/** A tree that is about to be cosigned. */
export interface NewlyCosigned extends Cosigned {
  /** As the log signed it. */
  readonly note: string;
  readonly at: Date;
}

/** Answer of `add-checkpoint`, C2SP `tlog-witness`. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  readonly body: string;
}

/** Longest body of `add-checkpoint` that is read, bytes: 64 lines, and a checkpoint with the signatures of many. */
export const MAX_CHECKPOINT_BYTES = 16_384;

/** How often another may have moved on in between, until it is no accident. */
const MOST_ATTEMPTS = 5;

/** A witness of other logs: cosigns a checkpoint that is consistent with all that it cosigned of that log before. */
export class Witness {
  constructor(
    private readonly parts: {
      /** Its name and private key, which MUST NOT sign anything else. */
      readonly signer: NoteKey;
      /** Keys of the logs that it knows. */
      readonly logs: readonly NoteKey[];
      readonly memory: WitnessMemory;
      readonly clock: Clock;
    },
  ) {}

  /** Answers `add-checkpoint`. @throws whatever its memory throws: then nothing was cosigned */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const { logs, memory, clock, signer } = this.parts;
    const asked = readAddCheckpoint(body);
    if (!asked) return answer(400);
    const origin = originOf(asked.note);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      // Read before the memory moves on: whatever is cosigned after this one is not earlier.
      const at = clock.now();
      const latest = logs.some(({ name }) => name === origin) ? await memory.latest(origin) : undefined;
      const verdict = judgeCheckpoint(asked, logs, latest);
      if (verdict.status === 409) {
        return { status: 409, contentType: 'text/x.tlog.size', body: `${verdict.size}\n` };
      }
      if (verdict.status !== 200) return answer(verdict.status);
      const { size, root } = verdict.checkpoint;
      // INVARIANT: 7. Remember, then sign.
      if (await memory.moveOn(origin, latest, { size, root, note: asked.note, at })) {
        return answer(200, cosign(verdict.text, signer, at));
      }
    }
    throw new Error('the memory of a witness does not settle');
  }
}

const answer = (status: WitnessAnswer['status'], body = ''): WitnessAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});
