import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeGatewayKeys } from '../../../src/keys/index.js';
import { startCommand, type Ended } from '../../support/command.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';

/** What a start was refused with. `stack` is what a defect of the gateway's own would look like. */
const STACK = /\n\s+at |Error:|node:internal/;

describe('a gateway that cannot start', () => {
  let folder: string;
  let database: TestDatabase;
  let taken: Server;
  let production: Record<string, string>;
  const port = () => String((taken.address() as AddressInfo).port);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-refused-'));
    database = await createTestDatabase();
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const keys = path.join(folder, 'keys');
    await makeGatewayKeys(keys);
    await makeGatewayKeys(path.join(folder, 'spoilt'));
    await writeFile(path.join(folder, 'spoilt', 'log.pem'), 'SENTINEL');
    await writeFile(path.join(folder, 'file'), '');
    production = {
      DATABASE_URL: database.applicationUrl,
      PUBLIC_URL: 'https://gateway.test',
      GATEHOUSE_KEYS: keys,
      GATEHOUSE_VAR: folder,
      PORT: '0',
    };
  });
  afterAll(async () => {
    await new Promise((resolve) => taken.close(resolve));
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Said on one line, with exit code 1. */
  const expectOneSentence = ({ code, stdout, stderr }: Ended, said: RegExp): void => {
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/"level":"(error|warn)"/);
    expect(stderr).toMatch(said);
    expect(stderr.trimEnd()).not.toMatch(/\n/);
    expect(stderr).not.toMatch(STACK);
    expect(stderr).not.toContain('SENTINEL');
  };
  const serve = (change: Record<string, string>) => startCommand(['serve'], { ...production, ...change }).ended;

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['its port is taken', () => ({ PORT: port() }), /^Port \d+ on 127\.0\.0\.1 is taken: .*PORT/],
    [
      'settings cannot be read',
      () => ({ PORT: 'SENTINEL', LOG_LEVEL: 'SENTINEL' }),
      /LOG_LEVEL must be .*PORT must be/,
    ],
    ['the database URL is none', () => ({ DATABASE_URL: 'SENTINEL' }), /DATABASE_URL must be a URL/],
    [
      'settings that production needs are missing',
      () => ({ DATABASE_URL: '', PUBLIC_URL: '', GATEHOUSE_KEYS: '' }),
      /DATABASE_URL, PUBLIC_URL, GATEHOUSE_KEYS/,
    ],
    ['its public URL is not https', () => ({ PUBLIC_URL: 'http://SENTINEL.test' }), /PUBLIC_URL must start with https/],
    [
      'its keys are missing',
      () => ({ GATEHOUSE_KEYS: path.join(folder, 'none') }),
      /key file token\.pem .* cannot be read/,
    ],
    ['a key is spoilt', () => ({ GATEHOUSE_KEYS: path.join(folder, 'spoilt') }), /log\.pem .* does not hold a key/],
    [
      'nothing answers at the database URL',
      () => ({ DATABASE_URL: 'postgres://a:SENTINEL@127.0.0.1:1/a' }),
      /The database cannot be used: .*ECONNREFUSED/,
    ],
  ])('says in one sentence that %s, and exits 1', async (_what, change, said) => {
    expectOneSentence(await serve(change()), said);
  });

  it('says that the database is not prepared', async () => {
    const name = `empty_${process.pid}_${Date.now()}`;
    await runAsOwner(database.ownerUrl, `CREATE DATABASE ${name}`);
    const url = new URL(database.applicationUrl);
    url.pathname = `/${name}`;
    expectOneSentence(await serve({ DATABASE_URL: url.href }), /not prepared .*gatehouse database prepare/);
    await runAsOwner(database.ownerUrl, `DROP DATABASE ${name}`);
  });

  it('says that its folder cannot be written to', async () => {
    const ended = await startCommand(['start'], { GATEHOUSE_VAR: path.join(folder, 'file', 'var'), PORT: '0' }).ended;
    expectOneSentence(ended, /ENOTDIR/);
  });
});
