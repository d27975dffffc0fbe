import { APPEND_ONLY_TABLES, APPLICATION_PRIVILEGES } from '../../../src/database/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';

describe('the privileges of the application role', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());

  it.each(APPEND_ONLY_TABLES)('refuses to update, delete or truncate %s', async (table) => {
    const [column] = await runAsOwner<{ name: string }>(
      database.ownerUrl,
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 LIMIT 1`,
      [table],
    );
    for (const sql of [
      `UPDATE ${table} SET ${column!.name} = ${column!.name}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await expect(runAsOwner(database.applicationUrl, sql)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('names every table that there is, so that a new one starts with none', async () => {
    const tables = await runAsOwner<{ name: string }>(
      database.ownerUrl,
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    expect(tables.map((table) => table.name).sort()).toEqual(Object.keys(APPLICATION_PRIVILEGES).sort());
  });
});
