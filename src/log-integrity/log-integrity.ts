import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import type { Query } from '../disclosure-log/index.js';
import { TimeStamps } from '../time-stamps/time-stamps.module.js';
import { Witnesses } from '../witnesses/witnesses.module.js';
import { lastBegan, readVerifications, type FullVerification } from './full-verifications.js';
import { isOverdue, nextAt } from './verification-times.js';

type Standing<Of extends (...args: never[]) => unknown> = Awaited<ReturnType<Of>>;

/** How the log stands, as far as the gateway itself can say. */
export interface IntegrityStanding {
  /** The last full verification that came to its end. */
  readonly last: FullVerification | undefined;
  /** One has been due for a whole day. */
  readonly overdue: boolean;
  /** When the next one begins. */
  readonly nextAt: Date;
  readonly witnesses: Standing<Witnesses['standings']>;
  readonly authorities: Standing<TimeStamps['standings']>;
}

/** What the gateway knows of its own log: full verifications, and who outside has confirmed it. */
@Injectable()
export class LogIntegrity {
  constructor(
    private readonly dataSource: DataSource,
    private readonly witnesses: Witnesses,
    private readonly timeStamps: TimeStamps,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** As of now. @throws Problem STORE_UNAVAILABLE */
  async standing(): Promise<IntegrityStanding> {
    const [now, hour] = [this.clock.now(), this.settings.logVerifyHour];
    try {
      const [[last], began, witnesses, authorities] = await Promise.all([
        readVerifications(this.query, 1),
        lastBegan(this.query),
        this.witnesses.standings(),
        this.timeStamps.standings(),
      ]);
      return { last, overdue: isOverdue(began, now, hour), nextAt: nextAt(now, hour), witnesses, authorities };
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }

  /** The full verifications that came to their end, the newest first. @throws Problem STORE_UNAVAILABLE */
  async verifications(most: number): Promise<FullVerification[]> {
    try {
      return await readVerifications(this.query, most);
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }

  private readonly query: Query = async <Row>(sql: string, values?: unknown[]) =>
    (await this.dataSource.query(sql, values)) as Row[];
}
