import type { DataSource } from 'typeorm';

/** What a decision was made on: statements as of one change, of a person by these handles. */
export interface StatementsSeen {
  /** Number of the last change that was seen; 0 before the first. */
  readonly seen: number;
  readonly handles: readonly string[];
}

/** Most changes read at a time. */
const PAGE = 10_000;

/**
 * The handles that any statement was ever recorded against, as this replica last read them. Nearly everybody is in none, so
 * that an exchange about them asks the database nothing.
 *
 * INVARIANT: 6. It may be behind; what it had not seen is found under the log's lock, before anything is recorded on it.
 */
export class ConcernedHandles {
  private readonly known = new Set<string>();
  private last = 0;

  constructor(private readonly dataSource: DataSource) {}

  /** Number of the last change that is in here. */
  get seen(): number {
    return this.last;
  }

  includesAny(handles: readonly string[]): boolean {
    return handles.some((handle) => this.known.has(handle));
  }

  /** Reads what has changed since. @throws whatever the database throws */
  async catchUp(): Promise<void> {
    for (;;) {
      const rows = await this.dataSource.query<{ number: string; handles: string[] }[]>(
        `SELECT change_number AS number, subject_handles AS handles FROM sharing_statements
         WHERE change_number > $1 ORDER BY change_number LIMIT ${PAGE}`,
        [this.last],
      );
      for (const { number, handles } of rows) {
        for (const handle of handles) this.known.add(handle);
        this.last = Math.max(this.last, Number(number));
      }
      if (rows.length < PAGE) return;
    }
  }
}
