import type { DataSource } from 'typeorm';
import { accountHash, IDLE_MINUTES, LONGEST_HOURS, Sessions } from '../../../src/console/sessions.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connectTo } from '../../support/definitions.js';

const MINUTE = 60_000;
const ISSUER = 'https://login.example';
const account = (value: string) => ({ issuer: ISSUER, value });
const officer = (id: string) => ({ officer: id, accountHash: accountHash(account(id)) });

describe('sessions of officers', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let now = Date.parse('2026-11-22T08:00:00Z');
  let sessions: Sessions;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await connectTo(database.applicationUrl);
    sessions = new Sessions(dataSource, { now: () => new Date(now) });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const isThere = async (id: string): Promise<boolean> => (await sessions.use(id)) !== undefined;

  it(`end after ${LONGEST_HOURS} hours, however much they are used`, async () => {
    const id = await sessions.open(officer('a-council-ig-1'), ISSUER);
    const opened = now;
    const last = opened + LONGEST_HOURS * 60 * MINUTE;
    while (now + (IDLE_MINUTES - 1) * MINUTE < last) {
      now += (IDLE_MINUTES - 1) * MINUTE;
      expect(await isThere(id)).toBe(true);
    }
    now = last - 1;
    expect(await isThere(id)).toBe(true);
    now = last;
    expect(await isThere(id)).toBe(false);
    // What ended goes with the next sign-in.
    await sessions.open(officer('a-council-ig-2'), ISSUER);
    expect(await dataSource.query('SELECT officer FROM console_sessions')).toEqual([{ officer: 'a-council-ig-2' }]);
  });

  it('end with the session of the provider that they were opened in, and no others', async () => {
    const [one, other, foreign] = [
      await sessions.open(officer('a-council-ig-1'), ISSUER, 'sid-1'),
      await sessions.open(officer('a-council-ig-1'), ISSUER, 'sid-2'),
      await sessions.open(officer('a-council-ig-1'), 'https://other.example', 'sid-1'),
    ];
    await sessions.endOfProvider(ISSUER, 'sid-1');
    expect([await isThere(one), await isThere(other), await isThere(foreign)]).toEqual([false, true, true]);
  });

  it('end with the account that they were opened with, and no others', async () => {
    const [one, other] = [
      await sessions.open(officer('a-council-ig-3'), ISSUER, 'sid-3'),
      await sessions.open(officer('a-council-ig-4'), ISSUER, 'sid-4'),
    ];
    await sessions.endOfAccount({ ...account('a-council-ig-3'), issuer: 'https://other.example' });
    expect(await isThere(one)).toBe(true);
    await sessions.endOfAccount(account('a-council-ig-3'));
    expect([await isThere(one), await isThere(other)]).toEqual([false, true]);
  });

  it('are found by no id that was not made here', async () => {
    for (const id of ['', 'x', "' OR true --"]) expect(await isThere(id)).toBe(false);
  });
});
