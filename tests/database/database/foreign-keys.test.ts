import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';

/** Foreign keys whose columns begin no index of their table: whatever deletes what they refer to reads the whole of it. */
const WITHOUT_INDEX = `
  SELECT conrelid::regclass || ' (' || conname || ')' AS found FROM pg_constraint
  WHERE contype = 'f' AND confdeltype = 'c' AND NOT EXISTS (
    SELECT FROM pg_index WHERE indrelid = conrelid AND (indkey::int2[])[0:cardinality(conkey) - 1] = conkey)`;

describe('what is deleted with something else', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());

  it('is found by an index', async () => {
    expect(await runAsOwner(database.ownerUrl, WITHOUT_INDEX)).toEqual([]);
  });

  it('would be named here if it were not', async () => {
    await runAsOwner(
      database.ownerUrl,
      'CREATE TABLE made_up (id int PRIMARY KEY, log_index bigint REFERENCES log_bodies ON DELETE CASCADE)',
    );
    expect(await runAsOwner(database.ownerUrl, WITHOUT_INDEX)).toEqual([{ found: 'made_up (made_up_log_index_fkey)' }]);
    await runAsOwner(database.ownerUrl, 'CREATE INDEX ON made_up (log_index)');
    expect(await runAsOwner(database.ownerUrl, WITHOUT_INDEX)).toEqual([]);
    await runAsOwner(database.ownerUrl, 'DROP TABLE made_up');
  });
});
