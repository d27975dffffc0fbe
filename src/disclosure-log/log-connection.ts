import type { Socket } from 'node:net';
import pg from 'pg';
import { INSERT_CHECKPOINT, NEWEST_CHECKPOINT } from './tree-state.js';

/** PostgreSQL said it committed, but warned. The commit may not be on the standby, so it does not count. */
export class CommitNotDurable extends Error {
  override readonly name = 'CommitNotDurable';
}

/** The database did not answer within the deadline. */
export class DatabaseDeadlineExceeded extends Error {
  override readonly name = 'DatabaseDeadlineExceeded';
}

/** SQLSTATE of a notice that is no warning. */
const SUCCESSFUL_COMPLETION = '00000';

/** Changed statements that are read at once. A replica that is further behind catches up first. */
export const MOST_STATEMENTS_CHANGED = 1_000;

/** What begins and ends every batch, planned once per connection. */
const PREPARED = {
  lock_log: 'SELECT 1 FROM log_lock FOR UPDATE',
  log_state: `SELECT revision, newest.* FROM register_revision LEFT JOIN (${NEWEST_CHECKPOINT}) AS newest ON true`,
  // Ordered and limited, so that the index on the number is used whatever the planner guesses of how many there are.
  statements_changed: `SELECT change_number, subject_handles FROM sharing_statements WHERE change_number > $1
    ORDER BY change_number LIMIT ${MOST_STATEMENTS_CHANGED}`,
  insert_checkpoint: INSERT_CHECKPOINT,
};

/**
 * The log's own connection: one at a time, never shared, destroyed at the first doubt.
 *
 * Waiting for a synchronous standby is not bounded by `statement_timeout`, and when that wait is cancelled PostgreSQL
 * reports success with only a warning. So every wait is bounded here, and a warning during COMMIT is a failure.
 */
export class LogConnection {
  private warned = false;
  private deadline: number;

  private constructor(
    private readonly client: pg.Client,
    private readonly deadlineMs: number,
    ended: (connection: LogConnection) => void,
  ) {
    this.deadline = performance.now() + deadlineMs;
    client.on('notice', ({ code }) => {
      // Told by its SQLSTATE, since the word for its severity is in the server's language.
      this.warned ||= code !== SUCCESSFUL_COMPLETION;
    });
    client.on('error', () => undefined);
    client.on('end', () => ended(this));
  }

  /**
   * @param deadlineMs time for opening, and for each piece of work begun with {@link beginWork}, milliseconds
   * @param ended told when the connection has ended, whoever ended it
   */
  static async open(
    url: string,
    deadlineMs: number,
    ended: (connection: LogConnection) => void,
  ): Promise<LogConnection> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: deadlineMs,
      keepAlive: true,
      pipeline: true,
      application_name: 'gatehouse-log',
      // A writer that is gone must not keep others waiting behind the lock row.
      options: `-c lock_timeout=${Math.round(deadlineMs * 0.7)} -c client_connection_check_interval=1000 -c idle_in_transaction_session_timeout=10000 -c plan_cache_mode=force_generic_plan`,
    });
    const connection = new LogConnection(client, deadlineMs, ended);
    try {
      await connection.within(client.connect());
      await connection.prepare();
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  private async prepare(): Promise<void> {
    // INVARIANT: 3. A record counts once it is on disk, whatever the server's own default is. `on` also waits for a
    // synchronous standby where one is configured; a stronger default (`remote_apply`) is kept.
    await this.query(
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
    );
    await this.statements(
      Object.entries(PREPARED)
        .map(([name, sql]) => `PREPARE ${name} AS ${sql}`)
        .join('; '),
    );
  }

  /** From here the whole deadline is left for what follows, up to the next call. */
  beginWork(): void {
    this.deadline = performance.now() + this.deadlineMs;
  }

  /** Sends what `send` asks for in one piece; the answers come in its order. */
  together<Sent>(send: () => Sent): Sent {
    const { stream } = this.wire();
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** @param name prepares the statement under this name, once per connection */
  async query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[], name?: string): Promise<Row[]> {
    const query = { text: sql, ...(values && { values }), ...(name !== undefined && { name }) };
    const result = await this.within(this.client.query<Row>(query));
    return result.rows;
  }

  /** Several statements in one round trip, without parameters; one result each. */
  async statements(sql: string): Promise<pg.QueryResult<Record<string, unknown>>[]> {
    const result = (await this.within(this.client.query(sql))) as unknown;
    return (Array.isArray(result) ? result : [result]) as pg.QueryResult<Record<string, unknown>>[];
  }

  /**
   * Commits, after `last` (one statement without parameters).
   * @throws CommitNotDurable when PostgreSQL warned; DatabaseDeadlineExceeded; pg's own errors
   */
  async commit(last: string): Promise<void> {
    this.warned = false;
    await this.statements(`${last}; COMMIT`);
    if (this.warned) throw new CommitNotDurable('the commit was reported with a warning');
  }

  /** Drops the connection at once, whatever it is waiting for. */
  destroy(): void {
    this.wire().stream.destroy();
  }

  private wire(): { readonly stream: Socket } {
    return (this.client as unknown as { connection: { stream: Socket } }).connection;
  }

  /** Says goodbye; a database that does not answer is not waited for. */
  async close(): Promise<void> {
    this.beginWork();
    await this.within(this.client.end()).catch(() => this.destroy());
  }

  private async within<Value>(work: Promise<Value>): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new DatabaseDeadlineExceeded('no answer in time')),
        Math.max(0, this.deadline - performance.now()),
      );
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
