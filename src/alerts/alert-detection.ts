import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import type { Query } from './alert.js';
import { closeWhatIsOver, eraseOldAlerts } from './close-what-is-over.js';
import { COUNTED_DAYS, countLookUps, forgetErased, forgetOldCounts, type Slice } from './count-look-ups.js';
import { findAboveUsual } from './find-above-usual.js';
import { findExpiring } from './find-expiring.js';
import {
  drawSamples,
  findAwaitingReview,
  findOverdueReviews,
  findReachedBudgets,
  findWithoutOutcome,
} from './find-in-log.js';
import { raiseAlerts } from './raise-alerts.js';
import { samplingKey } from './sampling-plan.js';

/** Most entries that are read in one transaction. */
const SLICE = 5_000;
/** Of what happened earlier, officers are not told: whoever begins with a full log does not begin with a flood. */
const RECENT_DAYS = 7;
/** Until then an exchange may still be under way, milliseconds: longer than any supplier is waited for. */
const MAY_BE_UNDER_WAY_MS = 300_000;
const DAY_MS = 86_400_000;
/** The number is arbitrary and belongs to this project. */
const ONE_REPLICA_AT_A_TIME = 'SELECT pg_try_advisory_xact_lock(724019337) AS locked';

/**
 * Finds what officers and operators should know. Reads the log on from where it was last read; the position moves in the
 * transaction that raises what was found, so nothing is missed or raised twice, whenever the gateway is stopped.
 */
@Injectable()
export class AlertDetection {
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly registers: RegisterService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {}

  /** One round, up to the end of the log; none when another replica is at it. @throws whatever the database throws */
  async round(): Promise<void> {
    while (await this.alone((query) => this.readEntries(query)));
    while (await this.alone((query) => this.readOutcomes(query)));
    await this.alone((query) => this.lookAround(query));
  }

  /** Lets a round under way end after its next step. */
  stop(): void {
    this.stopped = true;
  }

  private async alone(step: (query: Query) => Promise<boolean>): Promise<boolean> {
    if (this.stopped) return false;
    return await this.dataSource.transaction(async (manager) => {
      const query: Query = async <Row>(sql: string, values: readonly unknown[] = []) => {
        // Of an UPDATE or DELETE, TypeORM gives the rows and their number.
        const result = (await manager.query(sql, [...values])) as Row[] | [Row[], number];
        return /^\s*(UPDATE|DELETE)\b/.test(sql) ? (result as [Row[], number])[0] : (result as Row[]);
      };
      const [lock] = await query<{ locked: boolean }>(ONE_REPLICA_AT_A_TIME);
      return lock?.locked === true && (await step(query));
    });
  }

  /** @returns whether there is more to read */
  private async readEntries(query: Query): Promise<boolean> {
    const now = this.clock.now();
    const slice = await nextSlice(query, 'entries', now);
    if (!slice) return false;
    const since = daysBefore(now, RECENT_DAYS);
    const days = await countLookUps(query, slice, daysBefore(now, COUNTED_DAYS));
    await forgetErased(query, slice);
    const found = [
      ...(await findAwaitingReview(query, slice)),
      ...(await findReachedBudgets(query, slice, since)),
      ...(await drawSamples(query, slice, { since, key: samplingKey(this.keys.subjectHandle) })),
    ];
    for (const day of days.filter((one) => one >= dayOf(since))) found.push(...(await findAboveUsual(query, day)));
    await raiseAlerts(query, found, { at: now, again: false });
    return slice.upTo - slice.after >= SLICE;
  }

  private async readOutcomes(query: Query): Promise<boolean> {
    const now = this.clock.now();
    const slice = await nextSlice(query, 'outcomes', new Date(now.getTime() - MAY_BE_UNDER_WAY_MS));
    if (!slice) return false;
    await raiseAlerts(query, await findWithoutOutcome(query, slice), { at: now, again: false });
    return slice.upTo - slice.after >= SLICE;
  }

  /** What does not come with an entry of the log. */
  private async lookAround(query: Query): Promise<boolean> {
    const now = this.clock.now();
    const expiring = findExpiring(this.registers.current(), dayOf(now));
    await raiseAlerts(query, [...(await findOverdueReviews(query, now)), ...expiring], { at: now, again: false });
    await closeWhatIsOver(query, now, expiring);
    await forgetOldCounts(query, dayOf(daysBefore(now, COUNTED_DAYS)));
    await eraseOldAlerts(query, now);
    return false;
  }
}

/** The entries that were not read for `name` yet and were recorded until an instant; the position moves past them. */
async function nextSlice(query: Query, name: 'entries' | 'outcomes', until: Date): Promise<Slice | undefined> {
  const [position] = await query<{ after: number }>(
    'SELECT log_index::float8 AS after FROM alert_positions WHERE name = $1',
    [name],
  );
  if (!position) throw new Error('the log is read for a name that has no position');
  // Indexes have no gaps, and become visible in their order: every append is under the log's one lock.
  const [next] = await query<{ upTo: number | null }>(
    `SELECT max(log_index)::float8 AS "upTo" FROM (
       SELECT log_index, recorded_at FROM log_entries WHERE log_index > $1 ORDER BY log_index LIMIT $2) AS slice
     WHERE recorded_at <= $3`,
    [position.after, SLICE, until],
  );
  if (next?.upTo === null || next?.upTo === undefined) return undefined;
  await query('UPDATE alert_positions SET log_index = $2 WHERE name = $1 RETURNING 1', [name, next.upTo]);
  return { after: position.after, upTo: next.upTo };
}

const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * DAY_MS);
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
