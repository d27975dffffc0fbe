import pg from 'pg';

/** PostgreSQL said it committed, but warned. The commit may not be on the standby, so it does not count. */
export class CommitNotDurable extends Error {
  override readonly name = 'CommitNotDurable';
}

/** The database did not answer within the deadline. */
export class DatabaseDeadlineExceeded extends Error {
  override readonly name = 'DatabaseDeadlineExceeded';
}

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
  ) {
    this.deadline = performance.now() + deadlineMs;
    client.on('notice', (notice) => {
      this.warned ||= notice.severity === 'WARNING';
    });
    client.on('error', () => undefined);
  }

  /** @param deadlineMs time for opening, and for each piece of work begun with {@link beginWork}, milliseconds */
  static async open(url: string, deadlineMs: number): Promise<LogConnection> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: deadlineMs,
      keepAlive: true,
      application_name: 'gatehouse-log',
      // A writer that is gone must not keep others waiting behind the lock row.
      options: `-c lock_timeout=${Math.round(deadlineMs * 0.7)} -c client_connection_check_interval=1000 -c idle_in_transaction_session_timeout=10000`,
    });
    const connection = new LogConnection(client, deadlineMs);
    await connection.within(client.connect());
    // INVARIANT: 3. A record counts once it is on disk, whatever the server's own default is. `on` also waits for a
    // synchronous standby where one is configured; a stronger default (`remote_apply`) is kept.
    await connection.query(
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
    );
    return connection;
  }

  /** From here the whole deadline is left for what follows, up to the next call. */
  beginWork(): void {
    this.deadline = performance.now() + this.deadlineMs;
  }

  async query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    const result = await this.within(this.client.query<Row>(sql, values));
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
    const { connection } = this.client as unknown as { connection: { stream: { destroy(): void } } };
    connection.stream.destroy();
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async within<Value>(work: Promise<Value>): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new DatabaseDeadlineExceeded('no answer in time')),
        this.deadline - performance.now(),
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
