import type { BodyEraser } from '../disclosure-log/index.js';
import { readBodies, type DueOptions, type Query, type StandingBody } from './due-bodies.js';

export interface EraseDueOptions extends DueOptions {
  /** Absent: only looks. */
  readonly eraser?: BodyEraser;
  /** Asked between batches; `true` ends the run there. */
  readonly isStopped?: () => boolean;
}

/** What a run erased or, where it only looked, would erase. */
export interface ErasedDue {
  /** Bodies, by the kind of their entries. */
  readonly erased: ReadonlyMap<string, number>;
  /** Bodies whose retention has ended and that a legal hold keeps. */
  readonly held: number;
}

/**
 * Erases the bodies whose retention has ended, in batches, each in a transaction of its own with its entry in the log. May be
 * interrupted and run again at any time, also by several at once: the next run finds what is left.
 *
 * Reads every body that is old enough to be due; the lock of the log is held only while a batch is erased.
 * @throws whatever the database throws; what was erased before stays erased
 */
export async function eraseDue(query: Query, options: EraseDueOptions): Promise<ErasedDue> {
  const erased = new Map<string, number>();
  let held = 0;
  let after = -1;
  const youngest = new Date(options.at);
  youngest.setUTCFullYear(youngest.getUTCFullYear() - SHORTEST_YEARS);
  while (!options.isStopped?.()) {
    const page = await readBodies(query, after, options);
    const due = page.filter((body) => body.due);
    const free = due.filter((body) => !body.held);
    held += due.length - free.length;
    if (free.length > 0) {
      await options.eraser?.erase({
        indexes: free.map(({ index }) => index),
        reason: 'retention-ended',
        orderedBy: null,
      });
      for (const { kind } of free) erased.set(kind, (erased.get(kind) ?? 0) + 1);
    }
    const last: StandingBody | undefined = page.at(-1);
    // Entries stand in the order of their time.
    if (!last || last.recordedAt > youngest) break;
    after = last.index;
  }
  return { erased, held };
}

/** No retention is shorter; the schema of agreements says so. */
const SHORTEST_YEARS = 1;
