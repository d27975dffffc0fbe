import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { SOLE_WORK, SoleReplica } from '../database/index.js';
import { DisclosureLog, verifyAside, type Query } from '../disclosure-log/index.js';
import { Log } from '../observability/index.js';
import { keepVerification, keptOf, lastBegan } from './full-verifications.js';
import { IntegrityAlerts } from './integrity-alerts.js';
import { isDue, isOverdue } from './verification-times.js';

/** Pause after a verification that came to no end, milliseconds. */
const PAUSE_MS = 600_000;

/**
 * Looks, of all replicas on one at a time, after the log: verifies all of it once a day, and raises alerts of what is wrong with
 * it. Nothing of an exchange waits for that.
 */
@Injectable()
export class IntegrityJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private verifying: Promise<void> | undefined;
  private notBefore = -Infinity;
  private readonly stopping = new AbortController();
  private readonly sole: SoleReplica;
  private readonly query: Query;

  constructor(
    dataSource: DataSource,
    private readonly disclosureLog: DisclosureLog,
    private readonly alerts: IntegrityAlerts,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {
    this.sole = new SoleReplica(dataSource, SOLE_WORK.integrity);
    this.query = async <Row>(sql: string, values?: unknown[]) => (await dataSource.query(sql, values)) as Row[];
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look()
        .catch((error: unknown) => this.log.error('integrity-not-looked-at', { err: error }))
        .finally(() => (this.looking = undefined));
    }, this.settings.alertsEverySeconds * 1000).unref();
  }

  /** Gives up what is under way. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.looking;
    await this.verifying;
    await this.sole.release();
  }

  private async look(): Promise<void> {
    if (!(await this.sole.isThis())) return;
    const [now, hour] = [this.clock.now(), this.settings.logVerifyHour];
    // Asked first: of one that ends from here on, what is read does not tell yet.
    const isVerifying = this.verifying !== undefined;
    const since = await lastBegan(this.query);
    await this.alerts.tellOfEvidence();
    await this.alerts.tellOfOverdue(isOverdue(since, now, hour) ? since : undefined);
    if (this.stopping.signal.aborted || isVerifying) return;
    if (now.getTime() < this.notBefore || !isDue(since, now, hour)) return;
    this.verifying = this.verify(now)
      .catch((error: unknown) => {
        this.notBefore = this.clock.now().getTime() + PAUSE_MS;
        if (!this.stopping.signal.aborted) this.log.error('verification-broken-off', { err: error });
      })
      .finally(() => (this.verifying = undefined));
  }

  private async verify(begunAt: Date): Promise<void> {
    const order = {
      databaseUrl: this.settings.databaseUrl ?? '',
      key: this.disclosureLog.verifier().text,
      rate: this.settings.logVerifyRate,
    };
    const { treeSize, entries, checkpoints, findings } = await verifyAside(order, this.stopping.signal);
    const verification = {
      begunAt,
      endedAt: this.clock.now(),
      treeSize,
      entries,
      checkpoints,
      findings: findings.map(keptOf),
    };
    // Whoever is stopped between the two verifies again, and raises no second alert.
    await this.alerts.tellOfVerification(verification);
    await keepVerification(this.query, verification);
    if (findings.length > 0) this.log.error('verification-failed', { count: findings.length });
    else this.log.info('log-verified', { count: entries });
  }
}
