import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { Log } from '../observability/index.js';
import type { Query } from '../policy/index.js';
import { lawEnforcementSigns } from './law-enforcement.js';
import { projectLog, type Run } from './project-log.js';

/** Entries in one transaction: few, so that whoever waits for it waits a moment. */
const PORTION = 1_000;
/**
 * How often it is looked whether the log has grown, milliseconds. An exchange that is decided in one portion and ends in the next
 * is made twice, so not too often; a search brings in what is left, so not too seldom.
 */
const POLL_EVERY_MS = 2_000;
/** Longest that a search waits for what the log has and the tables have not yet, milliseconds. */
const MOST_WAIT_MS = 2_500;
/** Longest that one statement may take, milliseconds: a large erasure takes longer than a search. */
const STATEMENT_MS = 120_000;

/** A connection as `pg` gives it; `query_timeout` is its own, and missing from its types. */
interface Client {
  query(config: QueryConfig & { query_timeout: number }): Promise<{ rows: unknown[] }>;
}

/**
 * Keeps the tables that officers search up with the disclosure log: in the background, on one replica at a time, and before
 * each search as far as the log then goes. Nothing here is on the way of an exchange.
 */
@Injectable()
export class DisclosureProjection implements OnModuleInit, OnModuleDestroy {
  private readonly signs = lawEnforcementSigns(projectLegalBases());
  private timer: NodeJS.Timeout | undefined;
  private inBackground: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(Log) private readonly log: Pick<Log, 'warn'>,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.inBackground ??= this.followLog();
    }, POLL_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.inBackground;
  }

  /**
   * Reads the tables, with everything in them that was committed to the log before the call.
   *
   * INVARIANT: 8. Whatever is missing from a search is an exchange that an officer does not learn of, so the tables are held
   * against being emptied while they are read.
   * @param read all in one transaction; `logSize` is the size of the log that the tables hold, at least
   * @throws Problem SEARCH_BEHIND when catching up takes too long, STORE_UNAVAILABLE, and whatever Problem `read` throws
   */
  async reading<Value>(read: (query: Query, logSize: number) => Promise<Value>): Promise<Value> {
    try {
      const logSize = await withinTime(this.catchUp('wait'));
      return await this.dataSource.transaction(async (manager) => {
        const query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
          (await manager.query(sql, values?.slice())) as Row[];
        await query('LOCK TABLE disclosures, subject_access_reports IN ACCESS SHARE MODE');
        const [progress] = await query<{ next: string }>('SELECT next_index AS next FROM disclosures_progress');
        if (!progress || Number(progress.next) < logSize) throw new Problem('SEARCH_BEHIND');
        return await read(query, logSize);
      });
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    }
  }

  /**
   * Empties the tables and makes them anew from the log. Searches are refused until it is done (`SEARCH_BEHIND`).
   * @param made told after each portion how much of the log is in
   * @throws whatever the database throws; what was made until then is kept, and is gone on with by the next catching up
   */
  async rebuild(made: (entries: number) => void): Promise<number> {
    await this.transaction(async (run) => {
      await run(TAKE);
      await run('TRUNCATE disclosures, subject_access_reports');
      await run('UPDATE disclosures_progress SET next_index = 0');
    });
    return await this.catchUp('wait', made);
  }

  /** Never fails: what it could not do now, the next time does, or the next search. */
  private async followLog(): Promise<void> {
    try {
      await this.catchUp('unless-somebody-does');
    } catch (error) {
      this.log.warn('disclosures-behind', { err: error });
    }
    this.inBackground = undefined;
  }

  /** Portion after portion, up to the log as it was at the beginning. */
  private async catchUp(
    busy: 'wait' | 'unless-somebody-does',
    made: (entries: number) => void = () => undefined,
  ): Promise<number> {
    const [at] = await this.dataSource.query<{ next: string; size: string }[]>(WHERE);
    const size = Number(at?.size ?? 0);
    let next = Number(at?.next ?? 0);
    while (next < size && !this.stopped) {
      const began = performance.now();
      const reached = await this.transaction((run) => this.projectPortion(run, busy, size));
      if (reached === undefined) return next;
      next = reached;
      made(next);
      // In the background it rests as long as it worked: exchanges need the machine more.
      if (busy === 'unless-somebody-does') await sleep(performance.now() - began);
    }
    if (next < size) throw new Error('stopped');
    return Math.max(next, size);
  }

  /** @returns how far the tables are now; `undefined` where somebody else is at it, and that is enough */
  private async projectPortion(run: Run, busy: 'wait' | 'unless-somebody-does', size: number) {
    const taken = await run(busy === 'wait' ? TAKE : `${TAKE} SKIP LOCKED`);
    const [progress] = taken as { next: string }[];
    if (!progress) return undefined;
    const from = Number(progress.next);
    const to = Math.min(from + PORTION, size);
    if (from >= to) return from;
    await projectLog(run, from, to, this.signs);
    await run('UPDATE disclosures_progress SET next_index = $1', [to]);
    return to;
  }

  private async transaction<Value>(work: (run: Run) => Promise<Value>): Promise<Value> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as Client;
    const run: Run = async (text, values = [], name) => {
      const prepared = name !== undefined && { name };
      return (await client.query({ text, values: [...values], query_timeout: STATEMENT_MS, ...prepared })).rows;
    };
    try {
      await run('BEGIN');
      const value = await work(run);
      await run('COMMIT');
      return value;
    } catch (error) {
      await run('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** @throws Problem SEARCH_BEHIND */
async function withinTime<Value>(work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Problem('SEARCH_BEHIND')), MOST_WAIT_MS);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Entries are committed in the order of their indexes, so everything below the newest checkpoint's size is there. */
const WHERE = `
  SELECT next_index AS next,
    (SELECT coalesce(max(tree_size), 0) FROM log_checkpoints) AS size
  FROM disclosures_progress`;

const TAKE = 'SELECT next_index AS next FROM disclosures_progress FOR UPDATE';
