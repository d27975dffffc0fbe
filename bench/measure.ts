import path from 'node:path';
import type { Child } from './child.js';
import type { Usage } from './in-child.js';
import type { Measurement } from './load/latencies.js';
import type { Load } from './load/main.js';
import type { Withdrawals } from './load/withdrawals.js';
import { LEAD_IN_SECONDS } from './load/open-loop.js';
import type { Options } from './options.js';
import type { Stage } from './stage.js';

/** What the load is put on. `direct` is the supplier itself. */
export const TARGETS = ['direct', 'proxy', 'byHand', 'gateway', 'gatewayWithPermission'] as const;
export type Target = (typeof TARGETS)[number];

/** What is timed at a rate that each of them carries. */
const TIMED = ['direct', 'byHand', 'gateway'] as const;
export type Timed = (typeof TIMED)[number];

/** One measurement of one target, and what its process used meanwhile. */
export interface Measured extends Measurement {
  /** Processor time of the target's process per request, all its threads, milliseconds. */
  readonly cpuMs: number;
  /** The part of it on the thread that runs JavaScript. */
  readonly mainThreadCpuMs: number;
}

/** Resident memory of the gateway after so many exchanges of the soak. */
export interface MemoryPoint {
  readonly exchanges: number;
  readonly rssMb: number;
}

/** The most requests per second that are prepared for before anything is known. */
const FIRST_RATE = 3_000;
const WARM_UP_SECONDS = 4;
const SOAK_STEP = 5_000;

/** Puts load on the targets. What is told to `progress` is for the person who waits. */
export class Bench {
  /** Requests per second last seen, which says how many proofs to make. */
  private readonly rates = new Map<Target, number>();

  constructor(
    private readonly stage: Stage,
    private readonly options: Options,
    private readonly progress: (line: string) => void,
  ) {}

  async warmUp(): Promise<void> {
    for (const target of TARGETS) {
      await this.put(target, { seconds: WARM_UP_SECONDS });
      // Once more at a rate that is known: compiled code, and a heap that has grown to its size.
      if (target.startsWith('gateway')) await this.put(target, { seconds: WARM_UP_SECONDS });
    }
  }

  /** The most that each target carries. Interleaved, each round beginning with another target, so that none has the better moment. */
  async throughput(targets: readonly Target[] = TARGETS): Promise<Record<Target, Measured[]>> {
    const measured: Record<Target, Measured[]> = {
      direct: [],
      proxy: [],
      byHand: [],
      gateway: [],
      gatewayWithPermission: [],
    };
    for (let round = 0; round < this.options.rounds; round++) {
      const first = round % targets.length;
      for (const target of [...targets.slice(first), ...targets.slice(0, first)]) {
        const one = await this.profiled(target, () => this.put(target, { seconds: this.options.seconds }));
        measured[target].push(one);
        this.progress(`round ${round + 1}: ${target} ${one.throughput.toFixed(0)}/s, p99 ${one.p99.toFixed(1)} ms`);
      }
    }
    return measured;
  }

  /** How long the supplier itself, the server written by hand and the gateway take at `rate` requests per second, in turn. */
  async latencyAt(rate: number): Promise<Record<Timed, Measured[]>> {
    const measured: Record<Timed, Measured[]> = { direct: [], byHand: [], gateway: [] };
    for (let round = 0; round < this.options.rounds; round++) {
      for (const target of TIMED) {
        const one = await this.put(target, { seconds: this.options.seconds, rate });
        measured[target].push(one);
        this.progress(
          `round ${round + 1} at ${rate}/s: ${target} p50 ${one.p50.toFixed(1)}, p99 ${one.p99.toFixed(1)} ms`,
        );
      }
    }
    return measured;
  }

  /** So many exchanges, and the gateway's resident memory on the way. */
  async soak(exchanges: number): Promise<MemoryPoint[]> {
    const curve: MemoryPoint[] = [{ exchanges: 0, rssMb: (await this.stage.gateway.usage()).rssMb }];
    for (let done = 0; done < exchanges;) {
      const { requests } = await this.put('gateway', { seconds: 30, most: Math.min(SOAK_STEP, exchanges - done) });
      done += requests;
      const { rssMb } = await this.stage.gateway.usage();
      curve.push({ exchanges: done, rssMb });
      this.progress(`soak: ${done} exchanges, ${rssMb.toFixed(0)} MB`);
    }
    return curve;
  }

  /** What withdrawals through the gateway do to exchanges through another replica of it. */
  async withdrawals(): Promise<Withdrawals> {
    const replica = await this.stage.startReplica();
    const asker = this.stage.adultCare;
    const measured = await this.stage.load.ask<Withdrawals>('withdrawals', { replicaUrl: replica.started, asker });
    const { withdrawals, permittedAfter } = measured;
    this.progress(`withdrawals: ${withdrawals}, ${permittedAfter} exchanges permitted afterwards`);
    return measured;
  }

  /** The last round's profile stays, where one is asked for. */
  private async profiled(target: Target, measure: () => Promise<Measured>): Promise<Measured> {
    const { profile } = this.options;
    if (profile === undefined || !target.startsWith('gateway')) return await measure();
    await this.stage.gateway.ask('startProfile');
    const measured = await measure();
    await this.stage.gateway.ask('writeProfile', { file: path.resolve(profile, `${target}.cpuprofile`) });
    return measured;
  }

  private async put(
    target: Target,
    load: { readonly seconds: number; readonly rate?: number; readonly most?: number },
  ): Promise<Measured> {
    const expectedRate = load.rate ?? this.rates.get(target) ?? FIRST_RATE;
    const seconds = load.seconds + (load.rate === undefined ? 0 : LEAD_IN_SECONDS);
    const spare = Math.ceil(expectedRate * seconds * 1.5) + this.options.connections;
    const most = load.most ?? (target.startsWith('gateway') ? spare : Number.MAX_SAFE_INTEGER);
    const child = this.childOf(target);
    const before = await child.usage();
    const aim = { ...this.aimOf(target), connections: this.options.connections };
    const measurement = await this.stage.load.ask<Measurement>('run', { ...aim, ...load, most } satisfies Load);
    if (load.rate === undefined) this.rates.set(target, measurement.throughput);
    return { ...measurement, ...perRequest(before, await child.usage(), measurement.answered) };
  }

  private childOf(target: Target): Child {
    return target === 'gatewayWithPermission' ? this.stage.gateway : this.stage[target];
  }

  private aimOf(target: Target): Pick<Load, 'url' | 'path' | 'workload' | 'credential'> {
    const { bearerToken, fireControl, adultCare } = this.stage;
    const url = String(this.childOf(target).started);
    switch (target) {
      case 'direct':
      case 'proxy':
        return { url, path: '', workload: 'supplier-call', credential: { kind: 'none' } };
      case 'byHand':
        return { url, path: '/queries', workload: 'premises-risk', credential: { kind: 'bearer', token: bearerToken } };
      case 'gateway':
        return {
          url,
          path: '/v1/queries',
          workload: 'premises-risk',
          credential: { kind: 'dpop', system: fireControl },
        };
      case 'gatewayWithPermission':
        return {
          url,
          path: '/v1/queries',
          workload: 'assessed-needs',
          credential: { kind: 'dpop', system: adultCare },
        };
    }
  }
}

const perRequest = (before: Usage, after: Usage, answered: number): Pick<Measured, 'cpuMs' | 'mainThreadCpuMs'> => ({
  cpuMs: (after.cpuMs - before.cpuMs) / answered,
  mainThreadCpuMs: (after.mainThreadCpuMs - before.mainThreadCpuMs) / answered,
});
