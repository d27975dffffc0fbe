import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCommand, type Ended, type RunningCommand } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { freePort } from '../../support/gateway.js';
import { until } from '../../support/until.js';

/** For a machine that has much else to do, milliseconds. */
const LONGEST_MS = 120_000;

describe('the gateway on its embedded database', () => {
  let folder: string;
  let port: string;
  const commands: RunningCommand[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-embedded-'));
    port = String(await freePort());
  });
  afterAll(async () => {
    for (const { child, ended } of commands) {
      child.kill('SIGKILL');
      await ended;
    }
    const left = await serverPid();
    if (left !== undefined && isRunning(left)) process.kill(left, 'SIGQUIT');
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const inFolder = (...names: string[]): string => path.join(folder, ...names);
  const start = (settings: Record<string, string> = {}): RunningCommand => {
    const command = startCommand(['start'], { GATEHOUSE_VAR: folder, PORT: port, ...settings });
    commands.push(command);
    return command;
  };
  const serving = async (): Promise<RunningCommand> => {
    const command = start();
    await until(() => {
      if (command.child.exitCode !== null) throw new Error('it did not start');
      return command.stdout().includes('Gatehouse is at');
    }, LONGEST_MS);
    return command;
  };
  const end = async ({ child, ended }: RunningCommand, signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal);
    return await ended;
  };
  const serverPid = async (): Promise<number | undefined> => {
    const note = await readFile(inFolder('postgres', 'server.json'), 'utf8').catch(() => undefined);
    return note === undefined ? undefined : (JSON.parse(note) as { pid: number }).pid;
  };
  /** Entries that the newest checkpoint signs. */
  const logSize = async (): Promise<number> => {
    const note = await (await fetch(`http://127.0.0.1:${port}/v1/log/checkpoint`)).text();
    return Number(note.split('\n')[1]);
  };
  const expectOneSentence = ({ code, stdout, stderr }: Ended, said: RegExp): void => {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr.trimEnd()).not.toMatch(/\n/);
  };

  let size: number;
  let tableFile: string;

  it('stops with everything it started on SIGTERM, and finds its data again at the next start', async () => {
    const first = await serving();
    size = await logSize();
    expect(size).toBeGreaterThan(0);
    const pid = await serverPid();
    if (pid === undefined) throw new Error('no server');
    expect(isRunning(pid)).toBe(true);
    expect(await end(first, 'SIGTERM')).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(isRunning(pid)).toBe(false);

    await serving();
    expect(await logSize()).toBeGreaterThanOrEqual(size);
  });

  it('refuses to start a second time on the same folder, and leaves the first alone', async () => {
    const pid = await serverPid();
    expectOneSentence(await start({ PORT: String(await freePort()) }).ended, /is in use by process \d+/);
    expect(await serverPid()).toBe(pid);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });

  it('ends the server that a killed gateway left behind, and finds its data again', async () => {
    const pid = await serverPid();
    const running = commands.at(-2);
    if (pid === undefined || !running) throw new Error('no server');
    expect(await end(running, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    expect(isRunning(pid)).toBe(true);

    const next = await serving();
    expect(isRunning(pid)).toBe(false);
    expect(await logSize()).toBeGreaterThanOrEqual(size);
    tableFile = await fileOf('agencies', inFolder);
    await end(next, 'SIGTERM');
  });

  it.each([
    ['its control file is spoilt', () => inFolder('postgres', 'data', 'global', 'pg_control'), /could not be started/],
    ['a table is spoilt', () => tableFile, /The database failed: invalid page/],
  ])('says in one sentence that %s, and leaves nothing running', async (_what, file, said) => {
    const whole = await readFile(file());
    await writeFile(file(), Buffer.alloc(whole.length, 'x'));
    expectOneSentence(await start().ended, said);
    const pidFile = await readFile(inFolder('postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '0');
    expect(isRunning(Number(pidFile.split('\n')[0]))).toBe(false);
    await writeFile(file(), whole);
  });
});

async function fileOf(table: string, inFolder: (...names: string[]) => string): Promise<string> {
  const url = (await readFile(inFolder('sandbox', 'database-url'), 'utf8')).trim();
  const [row] = await runAsOwner<{ file: string }>(url, 'SELECT pg_relation_filepath($1) AS file', [table]);
  return inFolder('postgres', 'data', row?.file ?? '');
}

function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
