import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { poolOf } from '../database/index.js';

/** Longest wait for the database, connection included, milliseconds. A caller is answered within 2 s whatever happens. */
const DEADLINE_MS = 1_500;

/**
 * Single statements on the database, each committed by itself and bounded in time. A statement that is not answered in
 * time (a database that hangs, a synchronous standby that is missing) loses its connection and counts as not done.
 */
export class AccessStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param name prepares the statement under this name, once per connection
   * @throws Problem STORE_UNAVAILABLE whatever the reason; the statement may or may not have been done
   */
  async run<Row extends pg.QueryResultRow>(text: string, values: unknown[], name?: string): Promise<Row[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error('the database did not answer in time'));
        this.cancelAbandonedWaits();
      }, DEADLINE_MS);
    });
    try {
      const answer = poolOf(this.dataSource).query<Row>({
        ...within(DEADLINE_MS, text, values),
        ...(name !== undefined && { name }),
      });
      answer.catch(() => undefined);
      return (await Promise.race([answer, late])).rows;
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Ends the sessions that wait for a standby on behalf of nobody: PostgreSQL does not notice that their connections are
   * gone, and they would pile up until it takes no more.
   */
  private cancelAbandonedWaits(): void {
    poolOf(this.dataSource)
      .query(within(DEADLINE_MS, CANCEL_ABANDONED_WAITS, [DEADLINE_MS / 1_000]))
      .catch(() => undefined);
  }
}

/** Of any replica: each gives a statement up after the same time. A statement that writes nothing waits for no standby. */
const CANCEL_ABANDONED_WAITS = `
  SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE wait_event = 'SyncRep' AND usename = current_user AND application_name = current_setting('application_name')
    AND query_start < now() - make_interval(secs => $1)`;

/** `query_timeout` makes pg give the statement up, and the pool then destroys the connection it ran on. */
function within(milliseconds: number, text: string, values: unknown[]): pg.QueryConfig & { query_timeout: number } {
  return { text, values, query_timeout: milliseconds };
}
