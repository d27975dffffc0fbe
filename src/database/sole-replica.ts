import type { DataSource, QueryRunner } from 'typeorm';

/** Work that one replica at a time does, by the key of its advisory lock. The numbers are arbitrary and belong to this project. */
export const SOLE_WORK = { cosignatures: 724_019_341, timeStamps: 724_019_342, integrity: 724_019_343 } as const;

/**
 * Whether this replica is the one that does a piece of work: it holds an advisory lock of PostgreSQL, on a connection that it
 * keeps while it does. When that connection ends, the next replica to ask has the lock.
 */
export class SoleReplica {
  private holding: QueryRunner | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: number,
  ) {}

  /** Takes the lock where it is free. Must not be called again before it has answered. @throws when the database is away */
  async isThis(): Promise<boolean> {
    if (this.holding) {
      try {
        await this.holding.query('SELECT 1');
        return true;
      } catch (error) {
        await this.release();
        throw error;
      }
    }
    const runner = this.dataSource.createQueryRunner();
    try {
      const [row] = (await runner.query('SELECT pg_try_advisory_lock($1) AS held', [this.lock])) as { held: boolean }[];
      if (row?.held) this.holding = runner;
      return row?.held ?? false;
    } finally {
      if (this.holding !== runner) await runner.release();
    }
  }

  /** Lets another replica have it. Never fails: a connection that is gone holds no lock. */
  async release(): Promise<void> {
    const runner = this.holding;
    this.holding = undefined;
    await runner?.query('SELECT pg_advisory_unlock($1)', [this.lock]).catch(() => undefined);
    await runner?.release().catch(() => undefined);
  }
}
