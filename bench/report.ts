import os from 'node:os';
import { TARGETS, type Measured, type MemoryPoint, type Target, type Timed } from './measure.js';
import type { InProcess } from './in-process/measure.js';
import type { Withdrawals } from './load/withdrawals.js';
import type { Options } from './options.js';

/** What `--json` prints. Throughput in requests per second, times in milliseconds, memory in MB (10^6 bytes). */
export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly options: Pick<Options, 'seconds' | 'connections' | 'rounds' | 'exchanges'>;
  readonly throughput: Readonly<Record<Target, number>>;
  readonly ratios: {
    readonly gatewayToByHand: number;
    readonly gatewayToProxy: number;
    readonly gatewayWithPermissionToByHand: number;
  };
  /** The gateway's minus the supplier's own, both at `atRate` requests per second. */
  readonly addedLatencyMs: { readonly p50: number; readonly p99: number; readonly atRate: number };
  /** Of the closed loop at full throughput. */
  readonly latencyMs: Readonly<Record<Target, { readonly p50: number; readonly p99: number }>>;
  /** At `addedLatencyMs.atRate`. */
  readonly latencyAtHalfMs: Readonly<Record<Timed, { readonly p50: number; readonly p99: number }>>;
  readonly cpuMsPerRequest: Readonly<Record<Target, number>>;
  /** The gateway's resident memory, after warm-up and at the end. */
  readonly rssMb: { readonly start: number; readonly end: number };
  readonly peakRssMb: Readonly<Record<'direct' | 'proxy' | 'byHand' | 'gateway', number>>;
  readonly soak: readonly MemoryPoint[];
  readonly withdrawals: Withdrawals;
  readonly inProcess: InProcess;
  readonly requests: number;
  /** A run with an error prints no report. */
  readonly errors: 0;
  readonly rounds: Readonly<Record<Target, readonly Measured[]>>;
}

export interface Results {
  readonly options: Options;
  readonly throughput: Record<Target, Measured[]>;
  readonly atHalf: Record<Timed, Measured[]>;
  readonly rate: number;
  readonly soak: readonly MemoryPoint[];
  readonly withdrawals: Withdrawals;
  readonly inProcess: InProcess;
  readonly rssMb: { readonly start: number; readonly end: number };
  readonly peakRssMb: Report['peakRssMb'];
  readonly postgres: string;
  readonly loadAverageBefore: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

const rounded = ({ p50, p99 }: { p50: number; p99: number }) => ({ p50: round(p50), p99: round(p99) });

/** Medians over the rounds, and the ratios of those medians. */
export function makeReport(results: Results): Report {
  const { throughput: rounds, atHalf, options } = results;
  const of = (measured: readonly Measured[], what: keyof Measured): number => median(measured.map((one) => one[what]));
  const perTarget = <Value>(make: (measured: readonly Measured[]) => Value): Record<Target, Value> =>
    Object.fromEntries(TARGETS.map((target) => [target, make(rounds[target])])) as Record<Target, Value>;
  const times = (measured: readonly Measured[]) => ({
    p50: round(of(measured, 'p50')),
    p99: round(of(measured, 'p99')),
  });
  const throughput = perTarget((measured) => round(of(measured, 'throughput'), 1));
  const half = { direct: times(atHalf.direct), byHand: times(atHalf.byHand), gateway: times(atHalf.gateway) };
  const { seconds, connections, exchanges } = options;
  return {
    machine: { ...describeMachine(), postgres: results.postgres, loadAverageBefore: results.loadAverageBefore },
    options: { seconds, connections, rounds: options.rounds, exchanges },
    throughput,
    ratios: {
      gatewayToByHand: round(throughput.gateway / throughput.byHand),
      gatewayToProxy: round(throughput.gateway / throughput.proxy),
      gatewayWithPermissionToByHand: round(throughput.gatewayWithPermission / throughput.byHand),
    },
    addedLatencyMs: {
      p50: round(half.gateway.p50 - half.direct.p50),
      p99: round(half.gateway.p99 - half.direct.p99),
      atRate: results.rate,
    },
    latencyMs: perTarget(times),
    latencyAtHalfMs: half,
    cpuMsPerRequest: perTarget((measured) => round(of(measured, 'cpuMs'), 3)),
    rssMb: { start: round(results.rssMb.start, 1), end: round(results.rssMb.end, 1) },
    peakRssMb: results.peakRssMb,
    soak: results.soak.map(({ exchanges: done, rssMb }) => ({ exchanges: done, rssMb: round(rssMb, 1) })),
    withdrawals: {
      ...results.withdrawals,
      answeredMs: rounded(results.withdrawals.answeredMs),
      refusedMs: rounded(results.withdrawals.refusedMs),
    },
    inProcess: {
      ...results.inProcess,
      agreementLookup: results.inProcess.agreementLookup.map(({ agreements, p50Us, p99Us }) => ({
        agreements,
        p50Us: round(p50Us),
        p99Us: round(p99Us),
      })),
    },
    requests: [...Object.values(rounds), ...Object.values(atHalf)].flat().reduce((sum, one) => sum + one.requests, 0),
    errors: 0,
    rounds,
  };
}

function describeMachine(): Record<string, string | number> {
  const processors = os.cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    processors: processors.length,
    memoryGb: round(os.totalmem() / 1e9, 1),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
  };
}
