import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { BodyEraser, DisclosureLog } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { Log, Metrics } from '../observability/index.js';
import { eraseDue } from './erase-due.js';

/** How often is looked whether a new day (UTC) has begun, milliseconds. */
const LOOK_EVERY_MS = 60_000;
/** Of PostgreSQL's advisory locks; the number is arbitrary and belongs to this project. */
const ONE_AT_A_TIME = 724019332;
/** Longest wait for a connection, or for one page of bodies, milliseconds. */
const DEADLINE_MS = 10_000;

/** Erases, once a day, the bodies whose retention has ended; of all replicas, one at a time. */
@Injectable()
export class RetentionJob implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private day = '';
  private stopped = false;

  constructor(
    private readonly disclosureLog: DisclosureLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
    @Inject(Log) private readonly log: Log,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Begins the day's run, unless one is under way. */
  look(): void {
    const today = this.clock.now().toISOString().slice(0, 10);
    if (this.running || this.day === today) return;
    this.running = this.run()
      .then(() => {
        this.day = today;
      })
      .catch((error: unknown) => {
        // Tried again at the next look.
        this.metrics.erasureFailed();
        this.log.error('erasure-failed', { err: error instanceof Error ? error : new Error('unknown') });
      })
      .finally(() => (this.running = undefined));
  }

  /** One run, or nothing while another replica is at it. @throws whatever the database throws */
  async run(): Promise<void> {
    const databaseUrl = this.settings.databaseUrl ?? '';
    const signer = { name: this.settings.logName, key: this.keys.log.privateKey };
    const eraser = new BodyEraser({ databaseUrl, signer, clock: this.clock });
    // A connection of its own: the lock goes with it, however the run ends.
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: DEADLINE_MS,
      query_timeout: DEADLINE_MS,
      application_name: 'gatehouse-retention',
    });
    client.on('error', () => undefined);
    const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(sql, values)).rows;
    try {
      await client.connect();
      const [lock] = await query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [ONE_AT_A_TIME]);
      if (!lock?.mine) return;
      const { erased, held } = await eraseDue(query, {
        years: this.settings.logBodyYears,
        at: this.disclosureLog.clock.now(),
        eraser,
        isStopped: () => this.stopped,
      });
      const count = erased.values().reduce((sum, one) => sum + one, 0);
      this.metrics.bodiesErased('retention-ended', count);
      if (count > 0 || held > 0) this.log.info('bodies-erased', { count });
    } finally {
      await eraser.close();
      await client.end().catch(() => undefined);
    }
  }
}
