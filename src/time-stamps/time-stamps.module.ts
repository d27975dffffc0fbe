import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { Asking } from '../checkpoint-evidence/index.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { SOLE_WORK, SoleReplica } from '../database/index.js';
import type { Query } from '../disclosure-log/index.js';
import { LogReader } from '../disclosure-log/disclosure-log.module.js';
import { Log, Metrics } from '../observability/index.js';
import { readAuthoritiesFile, type TimeStampingAuthority } from './authorities-file.js';
import { haveStamped, stampingFault } from './stamping.js';
import {
  authorityStandings,
  storedTimeStamps,
  type AuthorityStanding,
  type StoredTimeStamp,
} from './stored-time-stamps.js';

/** The time-stamps over this log's checkpoints, as exports and alerts ask for them. */
export class TimeStamps {
  constructor(
    readonly authorities: readonly TimeStampingAuthority[],
    private readonly query: Query,
    private readonly clock: Clock,
    private readonly intervalMs: number,
  ) {}

  /** Every time-stamp. Verifies none. @throws when the database is away */
  async storedTimeStamps(): Promise<StoredTimeStamp[]> {
    return await storedTimeStamps(this.query);
  }

  /** How each authority stands, as of now. @throws when the database is away */
  async standings(): Promise<AuthorityStanding[]> {
    return await authorityStandings(this.query, this.authorities, this.intervalMs, this.clock.now());
  }

  /** Those that owe a time-stamp of a checkpoint that is two intervals old, or of any later one. */
  async missingAuthorities(): Promise<AuthorityStanding[]> {
    return (await this.standings()).filter(({ missing }) => missing);
  }
}

const STAMPING = Symbol('Stamping');

/** Time-stamps over checkpoints. Needs the `DataSource`, the log's reader, settings and clock from global modules. */
@Module({
  providers: [
    {
      provide: TimeStamps,
      inject: [SETTINGS, DataSource, CLOCK],
      useFactory: (settings: Settings, dataSource: DataSource, clock: Clock) =>
        new TimeStamps(
          readAuthoritiesFile(settings.timeStampAuthoritiesFile),
          queryOf(dataSource),
          clock,
          settings.timeStampSeconds * 1_000,
        ),
    },
    {
      provide: STAMPING,
      inject: [TimeStamps, SETTINGS, LogReader, DataSource, CLOCK, Log, Metrics],
      useFactory: (
        { authorities }: TimeStamps,
        settings: Settings,
        reader: LogReader,
        dataSource: DataSource,
        clock: Clock,
        log: Log,
        metrics: Metrics,
      ) => {
        const parts = { reader, query: queryOf(dataSource), clock, intervalMs: settings.timeStampSeconds * 1_000 };
        return new Asking({
          by: 'time-stamping-authority',
          parties: authorities,
          ask: (authority, signal) => haveStamped(authority, parts, signal),
          faultOf: stampingFault,
          sole: new SoleReplica(dataSource, SOLE_WORK.timeStamps),
          clock,
          log,
          metrics,
        });
      },
    },
  ],
  exports: [TimeStamps],
})
export class TimeStampsModule implements OnModuleDestroy, OnModuleInit {
  constructor(
    @Inject(STAMPING) private readonly stamping: Asking<TimeStampingAuthority>,
    @Inject(TimeStamps) private readonly timeStamps: TimeStamps,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.timeStamps.authorities.length === 0) return;
    this.metrics.readMissingEvidence('time-stamping-authority', async () =>
      (await this.timeStamps.standings()).map(({ authority, missing }) => ({ name: authority, missing })),
    );
    this.stamping.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stamping.stop();
  }
}

const queryOf =
  (dataSource: DataSource): Query =>
  async <Row extends QueryResultRow>(sql: string, values?: unknown[]) =>
    (await dataSource.query(sql, values)) as Row[];
