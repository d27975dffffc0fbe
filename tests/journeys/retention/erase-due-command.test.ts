import { randomUUIDv7 as uuid } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyLog, type NoteKey } from '../../../src/disclosure-log/index.js';
import { readGatewayKeys } from '../../../src/keys/index.js';
import { startCommand } from '../../support/command.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, openLog } from '../../support/log.js';

const LOG_NAME = 'gateway.test/log';
const LONG_AGO = new Date('2010-03-01T12:00:00.000Z');
const LATER = new Date('2011-03-01T12:00:00.000Z');

describe('gatehouse log erase-due', () => {
  let database: TestDatabase;
  let folder: string;
  let signer: NoteKey;
  let held: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'gatehouse-keys-')), 'keys');
    expect((await startCommand(['keys', 'make', folder]).ended).code).toBe(0);
    signer = { name: LOG_NAME, key: (await readGatewayKeys(folder)).log.privateKey };
    let now = LONG_AGO;
    const log = openLog(database.applicationUrl, signer, { now: () => now });
    held = uuid();
    await log.append(decisionEntry(held, now));
    await log.append(decisionEntry(uuid(), now));
    now = LATER;
    await log.append(decisionEntry(uuid(), now));
    await log.close();
    await runAsOwner(
      database.ownerUrl,
      `INSERT INTO legal_holds (id, agency, placed_by, reason, reference, exchange_ids, placed_at)
       VALUES ($1, 'a-council', 'o', 'complaint', 'C/1', ARRAY[$2::uuid], $3)`,
      [uuid(), held, LONG_AGO],
    );
  });
  afterAll(async () => {
    await database.drop();
    await rm(path.dirname(folder), { recursive: true, force: true });
  });

  const said = async (args: readonly string[], change: Record<string, string> = {}): Promise<string> => {
    const settings = { DATABASE_URL: database.applicationUrl, GATEHOUSE_KEYS: folder, LOG_NAME, ...change };
    const { code, stdout, stderr } = await startCommand(['log', 'erase-due', ...args], settings).ended;
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  const bodies = async (): Promise<number[]> =>
    (
      await runAsOwner<{ i: number }>(
        database.ownerUrl,
        'SELECT log_index::int AS i FROM log_bodies ORDER BY log_index',
      )
    ).map(({ i }) => i);

  it('goes by LOG_BODY_YEARS where no agreement is named, and says with --dry-run what would go', async () => {
    expect(await said(['--dry-run'], { LOG_BODY_YEARS: '100' })).toBe('0 bodies would be erased.\n');
    expect(await said(['--dry-run'])).toBe(
      '2  decision\n2 bodies would be erased.\n1 more are due, and kept by a legal hold.\n',
    );
    expect(await bodies()).toEqual([0, 1, 2]);
  });

  it('goes by the time that the leaf commits to, and not by the one beside the tree', async () => {
    const { ownerUrl } = database;
    await runAsOwner(ownerUrl, `UPDATE log_entries SET recorded_at = recorded_at - interval '95 years'`);
    expect(await said(['--dry-run'], { LOG_BODY_YEARS: '100' })).toBe('0 bodies would be erased.\n');
    await runAsOwner(ownerUrl, `UPDATE log_entries SET recorded_at = recorded_at + interval '95 years'`);
  });

  it('writes nothing under another log’s name, and says in one sentence what to look at', async () => {
    const { code, stderr } = await startCommand(['log', 'erase-due'], {
      DATABASE_URL: database.applicationUrl,
      GATEHOUSE_KEYS: folder,
      LOG_NAME: 'another.test/log',
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Nothing was written, [^\n]* Are LOG_NAME, PUBLIC_URL and GATEHOUSE_KEYS [^\n]*\n$/);
    expect(await bodies()).toEqual([0, 1, 2]);
  });

  it('erases what is due, and leaves a log that verifies', async () => {
    expect(await said([])).toBe('2  decision\n2 bodies were erased.\n1 more are due, and kept by a legal hold.\n');
    expect(await bodies()).toEqual([0, 3]);
    expect(await said([])).toBe('0 bodies were erased.\n1 more are due, and kept by a legal hold.\n');
    const verified = await startCommand(['log', 'verify'], {
      DATABASE_URL: database.applicationUrl,
      GATEHOUSE_KEYS: folder,
      LOG_NAME,
    }).ended;
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('The log verifies')]);
    expect((await verifyLog((sql, values) => runAsOwner(database.ownerUrl, sql, values), signer)).findings).toEqual([]);
  });
});
