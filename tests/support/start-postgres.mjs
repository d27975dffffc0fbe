import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';

/** One PostgreSQL server for the whole run; each test file makes databases of its own in it. */
export default async function startPostgres() {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-tests-'));
  const postgres = await startEmbeddedPostgres({ folder, settings: { max_connections: '300' } });
  process.env.TEST_POSTGRES_URL = postgres.url();
  globalThis.gatehouseTestPostgres = { postgres, folder };
}
