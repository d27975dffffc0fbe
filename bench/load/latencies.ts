/** What was measured of one load on one target. */
export interface Measurement {
  /** Those that were timed. */
  readonly requests: number;
  /** All that were answered, those of a lead-in too. */
  readonly answered: number;
  readonly seconds: number;
  /** Requests per second. */
  readonly throughput: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Collects how long requests took, every one of them. */
export class Latencies {
  private values = new Float64Array(1 << 14);
  private count = 0;
  private untimed = 0;

  /** Counts a request of a lead-in, which takes as much of the processor as any other. */
  addUntimed(): void {
    this.untimed++;
  }

  add(milliseconds: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = milliseconds;
  }

  measured(seconds: number): Measurement {
    const sorted = this.values.slice(0, this.count).sort();
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
    const throughput = this.count / seconds;
    const answered = this.count + this.untimed;
    return {
      requests: this.count,
      answered,
      seconds,
      throughput,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
    };
  }
}
