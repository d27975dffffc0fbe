import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How an exchange ended. */
export type ExchangeOutcome = 'released' | 'refused' | 'not-understood' | 'failed';

/** Reviews of overrides that an agency has not concluded yet: before and after they were due. */
export interface PendingReviews {
  readonly agency: string;
  readonly open: number;
  readonly overdue: number;
}

/** Alerts that nobody has closed yet. */
export interface OpenAlerts {
  /** `null`: they are for whoever runs the gateway. */
  readonly agency: string | null;
  readonly kind: string;
  readonly status: string;
  readonly count: number;
}

/** Who says something of this log's checkpoints. */
export type EvidenceBy = 'witness' | 'time-stamping-authority';

/** Whether one of them, by its name in the settings, owes something that it has had time for. */
export interface MissingEvidence {
  readonly name: string;
  readonly missing: boolean;
}

/** A full verification of the log. */
export interface LastVerification {
  readonly endedAt: Date;
  readonly entries: number;
  readonly findings: readonly unknown[];
}

/** Seconds. Finer around what a gateway adds (a few milliseconds), coarser up to a supplier's deadline. */
const DURATIONS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** Most values of one label that are told apart; further ones count as `other`, so that no label grows without bound. */
const MAX_LABEL_VALUES = 200;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * The gateway's measurements in Prometheus's format, in a registry of their own.
 *
 * INVARIANT: 1. Each label takes values that are fixed in code or in the register (routes, codes, data services): there is
 * no method here that takes anything of a person or of a request's content.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter('http_requests_total', 'Requests answered', ['method', 'route', 'status']);
  readonly #requestSeconds = this.#histogram('http_request_seconds', 'Time to answer', ['method', 'route'], DURATIONS);
  readonly #underWay = this.#gauge('http_requests_in_flight', 'Requests being answered');
  readonly #problems = this.#counter('problems_total', 'Errors answered, by code; the 401s are here too', ['code']);
  readonly #exchanges = this.#counter('exchanges_total', 'Exchanges ended', ['pattern', 'outcome']);
  readonly #exchangeSeconds = this.#histogram('exchange_seconds', 'Time of an exchange', ['pattern'], DURATIONS);
  readonly #exchangesUnderWay = this.#gauge('exchanges_in_flight', 'Exchanges under way');
  readonly #decisions = this.#counter('decisions_total', 'Reasons given in decisions', ['reason']);
  readonly #surplus = this.#counter('surplus_values_total', 'Values a supplier sent unasked, dropped', [
    'data_service',
  ]);
  readonly #supplierSeconds = this.#histogram(
    'supplier_seconds',
    'Time a supplier took',
    ['data_service', 'result'],
    DURATIONS,
  );
  readonly #batchEntries = this.#histogram('log_append_entries', 'Entries per commit of the log', [], BATCH_SIZES);
  readonly #appendSeconds = this.#histogram('log_append_seconds', 'Time of a commit of the log', [], DURATIONS);
  readonly #appendFailures = this.#counter('log_append_failures_total', 'Commits of the log that failed', []);
  readonly #unconfirmed = this.#gauge('log_unconfirmed_exchanges', 'Records neither confirmed nor reconciled yet');
  readonly #bodiesErased = this.#counter('log_bodies_erased_total', 'Bodies of the log erased', ['reason']);
  readonly #erasureFailures = this.#counter('log_erasure_failures_total', 'Runs of due erasures that failed', []);
  readonly #logSize = this.#gauge('log_entries', 'Entries in the disclosure log as this replica knows it');
  readonly #evidence = this.#counter(
    'checkpoint_evidence_total',
    'Answers of witnesses and time-stamping authorities',
    ['by', 'name', 'result'],
  );
  readonly #missingEvidence = new Map<EvidenceBy, () => Promise<readonly MissingEvidence[]>>();
  readonly #ready = this.#gauge('ready', '1 when the replica should be sent exchanges');
  #overrideReviews: Promise<void> | undefined;
  readonly #seen = new Map<string, Set<string>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'gatehouse_' });
  }

  /** A request has arrived. Call what is returned once, when its connection is done with it. */
  requestStarted(): (method: string, route: string, status: number) => void {
    this.#underWay.inc();
    const start = process.hrtime.bigint();
    return (method, route, status) => {
      const labels = { method: METHODS.has(method) ? method : 'other', route: this.#bounded('route', route) };
      this.#underWay.dec();
      this.#requests.inc({ ...labels, status });
      this.#requestSeconds.observe(labels, secondsSince(start));
    };
  }

  /** An error was answered. @param code One of the problem catalogue. */
  problem(code: string): void {
    this.#problems.inc({ code });
  }

  /** An exchange began. Call what is returned once, when it has ended. */
  exchangeStarted(pattern: string): (outcome: ExchangeOutcome) => void {
    this.#exchangesUnderWay.inc();
    const start = process.hrtime.bigint();
    return (outcome) => {
      this.#exchangesUnderWay.dec();
      this.#exchanges.inc({ pattern, outcome });
      this.#exchangeSeconds.observe({ pattern }, secondsSince(start));
    };
  }

  /** A decision was made. @param reasonCodes From the closed list of reason codes. */
  decided(reasonCodes: readonly string[]): void {
    for (const reason of reasonCodes) this.#decisions.inc({ reason });
  }

  /** A supplier answered or failed. @param result `answered`, or a supplier fault's code, e.g. `timed-out`. */
  supplierAnswered(dataService: string, result: string, seconds: number): void {
    this.#supplierSeconds.observe({ data_service: this.#bounded('data_service', dataService), result }, seconds);
  }

  /** Invariant 5: what a supplier sent beyond what was asked. */
  surplusDropped(dataService: string, values: number): void {
    if (values > 0) this.#surplus.inc({ data_service: this.#bounded('data_service', dataService) }, values);
  }

  /** The disclosure log committed a batch. @param size Entries in the whole log afterwards. */
  logAppended(entries: number, seconds: number, size: number): void {
    this.#batchEntries.observe(entries);
    this.#appendSeconds.observe(seconds);
    this.#logSize.set(size);
  }
  /** The number of records that were never confirmed changed by this much. */
  recordUnconfirmed(change: 1 | -1): void {
    this.#unconfirmed.inc(change);
  }
  logAppendFailed(): void {
    this.#appendFailures.inc();
  }
  /** Bodies of the log were erased. */
  bodiesErased(reason: 'retention-ended' | 'ordered', bodies: number): void {
    this.#bodiesErased.inc({ reason }, bodies);
  }
  erasureFailed(): void {
    this.#erasureFailures.inc();
  }

  /** @param result `given`, or what was wrong, fixed in code */
  evidenceAnswered(by: EvidenceBy, name: string, result: string): void {
    this.#evidence.inc({ by, name: this.#bounded('evidence', name), result });
  }

  /** @param read who is missing; asked each time that the measurements are. Where it fails there are no figures. */
  readMissingEvidence(by: EvidenceBy, read: () => Promise<readonly MissingEvidence[]>): void {
    this.#missingEvidence.set(by, read);
    if (this.#missingEvidence.size > 1) return;
    const gauge = new Gauge({
      name: 'gatehouse_checkpoint_evidence_missing',
      help: '1 for each witness or time-stamping authority that owes what it has had time for',
      labelNames: ['by', 'name'],
      registers: [this.registry],
      collect: async () => {
        const found = await Promise.all(
          [...this.#missingEvidence].map(async ([of, ask]) =>
            (await ask().catch(() => [])).map((one) => ({ ...one, by: of })),
          ),
        );
        gauge.reset();
        for (const { by: of, name, missing } of found.flat()) {
          gauge.set({ by: of, name: this.#bounded('evidence', name) }, missing ? 1 : 0);
        }
      },
    });
  }

  /** @param read Dates of agreements that come or have passed, as of now; asked each time that the measurements are. */
  countDaysLeft(read: () => readonly { agreement: string; date: string; daysLeft: number }[]): void {
    const gauge = new Gauge({
      name: 'gatehouse_agreement_days_left',
      help: 'Days until an agreement is to be reviewed or ends, from 60 days before; negative afterwards',
      labelNames: ['agreement', 'date'],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const { agreement, date, daysLeft } of read()) gauge.set({ agreement, date }, daysLeft);
      },
    });
  }

  ready(ready: boolean): void {
    this.#ready.set(ready ? 1 : 0);
  }

  /**
   * Has reviews of overrides counted whenever the measurements are read, once for all who read at the same time. Where they
   * cannot be counted, there are no figures rather than old ones.
   */
  readOverrideReviews(count: () => Promise<readonly PendingReviews[]>): void {
    const gauge = new Gauge({
      name: 'gatehouse_override_reviews',
      help: 'Reviews of overrides that an agency has not concluded, of all replicas',
      labelNames: ['agency', 'state'],
      registers: [this.registry],
      collect: () => (this.#overrideReviews ??= read().finally(() => (this.#overrideReviews = undefined))),
    });
    const read = async (): Promise<void> => {
      const counted = await count().catch(() => []);
      gauge.reset();
      for (const { agency, ...counts } of counted) {
        for (const state of ['open', 'overdue'] as const) {
          gauge.inc({ agency: this.#bounded('agency', agency), state }, counts[state]);
        }
      }
    };
  }

  /** Has open alerts counted whenever the measurements are read. Where they cannot be, there are no figures. */
  readAlerts(count: () => Promise<readonly OpenAlerts[]>): void {
    const gauge = new Gauge({
      name: 'gatehouse_alerts',
      help: 'Alerts that nobody has closed, of all replicas; those without an agency are the operator’s',
      labelNames: ['agency', 'kind', 'status'],
      registers: [this.registry],
      collect: async () => {
        const open = await count().catch(() => []);
        gauge.reset();
        for (const { agency, kind, status, count: alerts } of open) {
          gauge.inc({ agency: this.#bounded('agency', agency ?? ''), kind, status }, alerts);
        }
      },
    });
  }

  /** Has the last full verification of the log read whenever the measurements are. Where there is none, there are no figures. */
  readLastVerification(read: () => Promise<LastVerification | undefined>): void {
    let reading: Promise<LastVerification | undefined> | undefined;
    const figure = (name: string, help: string, of: (last: LastVerification) => number): void => {
      const gauge = new Gauge({
        name: `gatehouse_log_${name}`,
        help: `${help} the last full verification of the log`,
        registers: [this.registry],
        collect: async () => {
          // Once for all that are read at the same time.
          reading ??= read()
            .catch(() => undefined)
            .finally(() => (reading = undefined));
          const last = await reading;
          if (last) gauge.set(of(last));
          else gauge.remove();
        },
      });
    };
    figure('verified_timestamp_seconds', 'Unix time of the end of', ({ endedAt }) => endedAt.getTime() / 1000);
    figure('verified_entries', 'Entries that were there in', ({ entries }) => entries);
    figure('verification_findings', 'What was wrong in', ({ findings }) => findings.length);
  }

  /** The text that `/metrics` answers. */
  exposition(): Promise<string> {
    return this.registry.metrics();
  }

  #bounded(label: string, value: string): string {
    const seen = this.#seen.get(label) ?? new Set<string>();
    this.#seen.set(label, seen);
    if (seen.has(value)) return value;
    if (seen.size >= MAX_LABEL_VALUES) return 'other';
    seen.add(value);
    return value;
  }
  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `gatehouse_${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }
  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `gatehouse_${name}`, help, registers: [this.registry] });
  }
  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ): Histogram<Label> {
    const registers = [this.registry];
    return new Histogram({ name: `gatehouse_${name}`, help, labelNames: [...labelNames], buckets, registers });
  }
}

function secondsSince(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1e9;
}
