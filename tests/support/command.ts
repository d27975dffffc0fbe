import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectFolder } from '../../src/config/index.js';

/** What a command said, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `gatehouse` command that runs as a process of its own, as built. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** What it has said so far. */
  stdout(): string;
  readonly ended: Promise<Ended>;
}

/** Starts `gatehouse <arguments>` with these settings and no others of this process. */
export function startCommand(args: readonly string[], settings: Record<string, string> = {}): RunningCommand {
  const { PATH = '', HOME = '', TMPDIR, NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, [path.join(projectFolder(), 'bin', 'gatehouse.mjs'), ...args], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...(TMPDIR !== undefined && { TMPDIR }), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, stdout: () => stdout, ended };
}
