import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** Files left in its temporary folder. */
  readonly files: string[];
  /** Processes left that run from its temporary folder, such as its PostgreSQL. */
  readonly processes: string[];
}

/** Runs the demo with a temporary folder of its own; `interruptAt` sends Ctrl-C when a line with this text appears. */
async function runDemo(environment: Record<string, string> = {}, interruptAt?: string): Promise<Ended> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-demo-test-'));
  // As the system's own: PostgreSQL runs as another user when this runs as root.
  await chmod(folder, 0o755);
  try {
    const demo = spawn(process.execPath, ['bin/gatehouse.mjs', 'demo'], {
      env: { PATH: process.env['PATH'], TMPDIR: folder, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    demo.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (interruptAt !== undefined && !output.includes(interruptAt) && (output + text).includes(interruptAt)) {
        demo.kill('SIGINT');
      }
      output += text;
    });
    demo.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [code] = (await once(demo, 'close')) as [number | null];
    return { code, output, errors, files: await readdir(folder), processes: await processesOf(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Commands of the processes whose command line names the folder, where the system tells. */
async function processesOf(folder: string): Promise<string[]> {
  if (!existsSync('/proc/self/cmdline')) return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(folder));
}

const NOTHING_LEFT = { files: [], processes: [] };

describe('gatehouse demo', () => {
  let ended: Ended;
  let untouched: number;

  beforeAll(async () => {
    // Something runs already where the gateway would listen.
    const taken = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(taken, 'listening');
    let requests = 0;
    taken.on('connection', () => requests++);
    ended = await runDemo({
      PORT: String((taken.address() as AddressInfo).port),
      DATABASE_URL: 'postgres://127.0.0.1:1/x',
    });
    untouched = requests;
    taken.close();
  });

  it('ends with 0, says nothing on the error stream, and leaves no file and no process', () => {
    expect(ended).toMatchObject({ code: 0, errors: '', ...NOTHING_LEFT });
  });

  it('does not speak to what runs on PORT, and does not take settings from the environment', () => {
    expect(untouched).toBe(0);
  });

  it('plays each step with its outcome in words', () => {
    const outcomes = ended.output
      .split('\n')
      .filter((line) => /^\d+\/10 {2}|^ {3}[A-Z][A-Z0-9 ]{7,}(,|$| \()/.test(line))
      .map((line) => line.trim());
    expect(outcomes).toEqual([
      '1/10  Sam says yes, to some of it',
      'RECORDED',
      '2/10  The council asks the trust, with Sam’s permission',
      'PERMITTED  (PERMIT)',
      '3/10  The council asks without a case reference',
      'REFUSED  (DENY_NO_RELATIONSHIP)',
      '4/10  Sam takes the permission back',
      'WITHDRAWN',
      '5/10  The council asks the same again',
      'REFUSED  (DENY_CONSENT_REQUIRED)',
      '6/10  A fire: the fire service asks the council what to expect inside',
      'PERMITTED  (PERMIT)',
      '7/10  The same fire: it asks the NHS trust about oxygen',
      'PERMITTED  (PERMIT)',
      '8/10  No fire: the fire service asks about a whole street',
      'REFUSED  (DENY_NO_RELATIONSHIP)',
      '9/10  What the disclosure log says',
      'ALL 6 RECEIPTS HOLD, verified offline with the gateway’s public keys',
      '10/10  The whole log is verified',
      'THE LOG VERIFIES',
    ]);
  });

  it.each([
    ['what the trust holds and which of it went', /Summary of risks to the person and to those who visit +- +no\n/],
    ['an item that nobody asked for', /Notes of clinicians +- +no\n/],
    ['why a request without a case was refused', /does not start from a case in the requester’s own system/],
    [
      'the fire service’s power by its title',
      /Fire-fighting and obtaining information \(Fire and Rescue\s+Services Act 2004, s\.7\)/,
    ],
    ['that no permission was involved', /Permission +none is involved/],
    ['what a crew is told', /gas meter in the rear stairwell/],
    [
      'the legal basis of each entry by its title',
      /entry 3: [^]*?Legal basis +Public task; Co-operating generally; Health or social care;/,
    ],
    ['a withdrawn permission in the log', /Sam’s permission is withdrawn/],
    ['how much of the log was verified', /Recomputed +12 entries, from the database/],
  ])('shows %s', (_, words) => {
    expect(ended.output).toMatch(words);
  });

  it('shows nothing of what was not permitted', () => {
    expect(ended.output).not.toMatch(/fallen twice|between clinicians|Example Row|width restriction/);
  });

  it('is readable at 80 columns and without colour when it is not on a terminal', () => {
    expect(ended.output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(ended.output).not.toContain('\u001b');
    expect(ended.output).not.toMatch(/warning|deprecat/i);
  });

  it('leaves nothing when it is interrupted at the start or in the middle', async () => {
    const interrupted = await Promise.all([runDemo({}, 'Nobody in it is real'), runDemo({}, '3/10')]);
    const as = { code: 130, errors: '', ...NOTHING_LEFT };
    expect(interrupted).toMatchObject([as, as]);
  });
});
