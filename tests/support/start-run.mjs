import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';
import chromium from '@sparticuz/chromium';
import { startEmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';
import { prepareDatabase } from '../../dist/src/database/prepare-database.js';
import { runAsOwner, TEMPLATE } from '../../dist/tests/support/database.js';
import endRun from './end-run.mjs';

/** What the whole run may take: a test that waits for ever fails it, rather than hold up whoever waits for the run. */
const LONGEST_RUN_MS = 40 * 60_000;

/** Linux's temporary folder in memory, and the room for a run in it, bytes. */
const IN_MEMORY = '/dev/shm';
const ROOM_FOR_A_RUN = 4 * 1024 ** 3;

/** One PostgreSQL server for the whole run; each test file makes databases of its own in it. */
export default async function startRun() {
  const folder = await mkdtemp(path.join(await temporaryFolder(), 'gatehouse-tests-'));
  // What one process of the run has compiled, the next one need not.
  process.env.NODE_COMPILE_CACHE = path.join(folder, 'compiled');
  const [postgres] = await Promise.all([
    // Thrown away with the run: it need not outlive the machine, and the dropping of one test's database, which writes out
    // every other's, does not make that one's statements wait for the disk.
    // Nobody guesses its passwords, so to check one is as cheap as can be.
    startEmbeddedPostgres({ folder, settings: { max_connections: '300', fsync: 'off', scram_iterations: '1' } }),
    compileGateway(),
    // Unpacked before two test files do it at once, and one starts what the other still writes.
    chromium.executablePath(),
  ]);
  process.env.TEST_POSTGRES_URL = postgres.url();
  await makeTemplate(postgres.url());
  globalThis.gatehouseTestPostgres = { postgres, folder };
  setTimeout(async () => {
    console.error(`The tests did not end within ${LONGEST_RUN_MS / 60_000} minutes: one of them waits for ever.`);
    await endRun();
    process.exit(1);
  }, LONGEST_RUN_MS).unref();
}

/**
 * In memory where there is room. A test's database is 300 files, made and soon removed, and for those a file system on a disk
 * takes ten times as long (ext4 looks for an inode that was not in use a moment ago).
 */
async function temporaryFolder() {
  const { bavail, bsize } = await statfs(IN_MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return Math.min(bavail * bsize, freemem()) > ROOM_FOR_A_RUN ? IN_MEMORY : tmpdir();
}

/** What each test's database begins as: to migrate it anew each time takes longer. */
async function makeTemplate(server) {
  const url = new URL(server);
  // Stored anew, as new ones are.
  await runAsOwner(server, `ALTER ROLE ${url.username} PASSWORD '${url.password}'`);
  await runAsOwner(server, `CREATE DATABASE ${TEMPLATE}`);
  url.pathname = `/${TEMPLATE}`;
  await prepareDatabase(url.href, { name: `${TEMPLATE}_app`, password: 'test' });
}

/** Loads a gateway once and ends: those that tests kill leave nothing compiled behind. */
async function compileGateway() {
  const main = new URL('../../dist/src/main.js', import.meta.url).href;
  await once(spawn(process.execPath, ['-e', `import(${JSON.stringify(main)})`], { stdio: 'inherit' }), 'close');
}
