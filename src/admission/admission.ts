import { Problem } from '../api-contract/index.js';

/** How many exchanges may be under way. */
export interface AdmissionLimits {
  /** In all, on this replica. */
  readonly maxExchanges: number;
  /** For one system, so that none can take everything. */
  readonly maxExchangesPerSystem: number;
}

/** Ends what `enter` began. Calling it again does nothing. */
export type Leave = () => void;

/**
 * The gate that every exchange passes on its way in: it counts what is under way, turns away at once what is too much
 * (nobody queues), and while the gateway stops lets exchanges finish but begins none.
 *
 * Counts on this replica only. Does NOT know who the caller is: give it the system that the access rules established.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #bySystem = new Map<string, number>();
  readonly #whenEmpty = new Set<() => void>();
  #underWay = 0;
  #stopping = false;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Exchanges under way. */
  get underWay(): number {
    return this.#underWay;
  }
  /** Whether `stop` was called. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /**
   * Admits one exchange of a system, or turns it away.
   * @returns what ends it; call it in a `finally`
   * @throws Problem `GATEWAY_STOPPING`, `SYSTEM_OVER_SHARE` or `GATEWAY_BUSY`. Its own share is told to a system first: a
   * system above it is told to slow down also when the gateway is full.
   */
  enter(system: string): Leave {
    if (this.#stopping) throw new Problem('GATEWAY_STOPPING');
    const ofSystem = this.#bySystem.get(system) ?? 0;
    if (ofSystem >= this.#limits.maxExchangesPerSystem) throw new Problem('SYSTEM_OVER_SHARE');
    if (this.#underWay >= this.#limits.maxExchanges) throw new Problem('GATEWAY_BUSY');
    this.#underWay++;
    this.#bySystem.set(system, ofSystem + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(system);
    };
  }

  /** Begins no further exchange. For good. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Waits until nothing is under way.
   * @param deadlineMs Longest wait, milliseconds
   * @returns whether nothing is under way
   */
  async whenIdle(deadlineMs: number): Promise<boolean> {
    if (this.#underWay === 0) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.#whenEmpty.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#whenEmpty.delete(resolve);
    return this.#underWay === 0;
  }

  #leave(system: string): void {
    const ofSystem = (this.#bySystem.get(system) ?? 1) - 1;
    if (ofSystem === 0) this.#bySystem.delete(system);
    else this.#bySystem.set(system, ofSystem);
    this.#underWay--;
    if (this.#underWay === 0) for (const tell of this.#whenEmpty) tell();
  }
}
