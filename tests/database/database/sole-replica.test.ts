import type { DataSource } from 'typeorm';
import { SOLE_WORK, SoleReplica } from '../../../src/database/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { connectTo } from '../../support/definitions.js';
import { until } from '../../support/until.js';

describe('work that one replica at a time does', () => {
  let database: TestDatabase;
  let sources: DataSource[];
  let one: SoleReplica;
  let other: SoleReplica;
  beforeAll(async () => {
    database = await createTestDatabase();
    sources = await Promise.all([1, 2].map(() => connectTo(database.applicationUrl)));
    [one, other] = sources.map((source) => new SoleReplica(source, SOLE_WORK.integrity)) as [SoleReplica, SoleReplica];
  });
  afterAll(async () => {
    await Promise.all([one.release(), other.release()]);
    await Promise.all(sources.map((source) => source.destroy()));
    await database.drop();
  });

  it('is the first one’s until it lets go, and then the other’s', async () => {
    expect([await one.isThis(), await other.isThis(), await one.isThis(), await other.isThis()]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    await one.release();
    expect([await other.isThis(), await one.isThis()]).toEqual([true, false]);
    await other.release();
  });

  it('is taken by one alone when both ask at once', async () => {
    const both = await Promise.all([one.isThis(), other.isThis()]);
    expect(both.toSorted()).toEqual([false, true]);
    await Promise.all([one.release(), other.release()]);
  });

  it('is not held up by other work', async () => {
    const elsewhere = new SoleReplica(sources[1]!, SOLE_WORK.timeStamps);
    expect([await one.isThis(), await elsewhere.isThis()]).toEqual([true, true]);
    await elsewhere.release();
  });

  it('is the other’s when the connection of the first is gone, which the first learns when it asks', async () => {
    expect(await one.isThis()).toBe(true);
    await runAsOwner(
      database.ownerUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [SOLE_WORK.integrity],
    );
    await until(() => other.isThis());
    await expect(one.isThis()).rejects.toThrow();
    expect([await one.isThis(), await other.isThis()]).toEqual([false, true]);
  });
});
