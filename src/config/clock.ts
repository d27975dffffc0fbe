/**
 * The one source of the current time. Every rule that depends on the time is given an instant read from here, so that a
 * test can fix it and no two parts of one exchange disagree.
 */
export interface Clock {
  /** The current instant, UTC. */
  now(): Date;
}

/** Injection token of the {@link Clock}. */
export const CLOCK = Symbol('Clock');

/** The machine's clock. Not monotonic: callers that order records use the disclosure log's index, never this. */
export const systemClock: Clock = { now: () => new Date() };
