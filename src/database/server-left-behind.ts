import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartUpError } from '../config/index.js';

/** What the starter of a server leaves beside its data, so that a later start can tell whose it is. */
export interface ServerNote {
  /** Process id of the server. */
  readonly pid: number;
  /** Process id of the gateway that started it. */
  readonly startedBy: number;
  /** Folder of the binaries that it runs from. */
  readonly binaries: string;
}

const STOP_DEADLINE_MS = 20_000;

const noteFile = (folder: string): string => path.join(folder, 'server.json');

export async function writeServerNote(folder: string, note: ServerNote): Promise<void> {
  await writeFile(noteFile(folder), JSON.stringify(note));
}

export async function removeServerNote(folder: string): Promise<void> {
  await rm(noteFile(folder), { force: true });
}

/**
 * Ends a server that a killed gateway left running on this folder, known by its own pid file. One whose gateway still runs
 * is left alone.
 * @throws StartUpError when the folder is in use
 */
export async function endServerLeftBehind(folder: string): Promise<void> {
  const note = await readServerNote(folder);
  if (!note) return;
  const { pid, startedBy, binaries } = note;
  const pidFile = await readFile(path.join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  if (Number(pidFile.split('\n')[0]) === pid && (await isServer(pid, binaries))) {
    if (await isParent(startedBy, pid)) {
      throw new StartUpError(
        `The embedded database in ${folder} is in use by process ${startedBy}: stop that gateway first, or set GATEHOUSE_VAR to another folder.`,
      );
    }
    process.kill(pid, 'SIGINT');
    const deadline = Date.now() + STOP_DEADLINE_MS;
    while (isRunning(pid) && Date.now() < deadline) await sleep(50);
  }
  if (path.dirname(binaries) === tmpdir()) await rm(binaries, { recursive: true, force: true });
  await removeServerNote(folder);
}

/** A note that cannot be read says nothing: a server that does run is then found by PostgreSQL's own lock file. */
async function readServerNote(folder: string): Promise<ServerNote | undefined> {
  try {
    const { pid, startedBy, binaries } = JSON.parse(await readFile(noteFile(folder), 'utf8')) as Partial<ServerNote>;
    return typeof pid === 'number' && typeof binaries === 'string'
      ? { pid, binaries, startedBy: startedBy ?? 0 }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Process ids are used again, so where the system says what a process is, it must be this server. */
async function isServer(pid: number, binaries: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.startsWith(path.join(binaries, 'bin', 'postgres'));
}

/** A server whose gateway was killed has been given another parent. Where the system does not say, that the gateway runs counts. */
async function isParent(pid: number, child: number): Promise<boolean> {
  const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => undefined);
  if (status === undefined) return pid > 0 && isRunning(pid);
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) === pid;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
