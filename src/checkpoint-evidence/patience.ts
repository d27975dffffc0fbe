/** Longest pause between two attempts, milliseconds. */
const LONGEST_PAUSE_MS = 60_000;

/** When somebody who did not answer well may be asked again: after a second, and twice as long after each further failure. */
export class Patience {
  private failures = 0;
  private notBefore = -Infinity;

  mayAsk(now: Date): boolean {
    return now.getTime() >= this.notBefore;
  }

  /** @returns whether the last attempt had failed */
  succeeded(): boolean {
    const failedBefore = this.failures > 0;
    this.failures = 0;
    this.notBefore = -Infinity;
    return failedBefore;
  }

  /** @returns whether the last attempt had not failed */
  failed(now: Date): boolean {
    this.notBefore = now.getTime() + Math.min(1_000 * 2 ** this.failures, LONGEST_PAUSE_MS);
    return this.failures++ === 0;
  }
}
