import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { prepareDatabase } from '../../src/database/index.js';

/** The database that those of tests are copies of, made when the run begins. */
export const TEMPLATE = 'template_of_tests';

/** A migrated, empty database of a test's own, on the run's real PostgreSQL. */
export interface TestDatabase {
  /** As the owner: may do anything. For looking, and for tampering behind the gateway's back. */
  readonly ownerUrl: string;
  /** As the application's role: what the gateway is given. */
  readonly applicationUrl: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (!server) throw new Error('the test run has no PostgreSQL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  // A server that a test starts for itself has none.
  const templates = await runAsOwner(server, 'SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
  await runAsOwner(server, `CREATE DATABASE ${name}${templates.length > 0 ? ` TEMPLATE ${TEMPLATE}` : ''}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const { applicationUrl } = await prepareDatabase(url.href, { name: `${name}_app`, password: 'test' });
  return {
    ownerUrl: url.href,
    applicationUrl,
    async drop() {
      await runAsOwner(server, `DROP DATABASE ${name} WITH (FORCE)`);
      await runAsOwner(server, `DROP ROLE ${name}_app`);
    },
  };
}

/** Runs one statement on a connection of its own. */
export async function runAsOwner<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
