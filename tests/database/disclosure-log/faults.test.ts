import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { LogUnavailable, type DisclosureLog } from '../../../src/disclosure-log/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, openLog } from '../../support/log.js';

/** A relay in front of PostgreSQL that can cut the line when it sees a word go by. */
async function relay(url: string): Promise<{ url: string; cutBefore: string; cutAfter: string; close(): void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const state = { url: '', cutBefore: '', cutAfter: '', close: () => undefined as void };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.add(client).add(upstream);
    const cut = (): void => {
      client.destroy();
    };
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (state.cutBefore && text.includes(state.cutBefore)) {
        state.cutBefore = '';
        upstream.destroy();
        return cut();
      }
      upstream.write(bytes);
      if (state.cutAfter && text.includes(state.cutAfter)) {
        state.cutAfter = '';
        cut();
      }
    });
    upstream.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => setTimeout(() => other.destroy(), 100));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const through = new URL(url);
  through.port = String(typeof address === 'object' && address ? address.port : 0);
  state.url = through.href;
  state.close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return state;
}

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(50);
};

describe('the disclosure log when PostgreSQL fails', () => {
  let database: TestDatabase;
  let line: Awaited<ReturnType<typeof relay>>;
  let log: DisclosureLog;

  beforeEach(async () => {
    database = await createTestDatabase();
    line = await relay(database.applicationUrl);
    log = openLog(line.url);
    await log.append(decisionEntry());
  });
  afterEach(async () => {
    await log.close();
    line.close();
    await database.drop();
  });

  const kinds = async (exchangeId: string): Promise<string[]> =>
    (
      await runAsOwner<{ kind: string }>(
        database.ownerUrl,
        'SELECT kind FROM log_entries WHERE exchange_id = $1 ORDER BY log_index',
        [exchangeId],
      )
    ).map((row) => row.kind);

  it('records nothing when the line is cut before the commit, and recovers by itself', async () => {
    const exchangeId = uuid();
    line.cutBefore = 'INSERT INTO log_entries';
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.readiness().ok).toBe(false);
    expect(log.unconfirmedExchanges()).toEqual([]);
    await until(() => log.readiness().ok);
    expect(await kinds(exchangeId)).toEqual([]);
    await log.append(decisionEntry());
  });

  it('does not count a commit whose answer was lost; finds it later and writes that nothing was released', async () => {
    const exchangeId = uuid();
    line.cutAfter = 'COMMIT';
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.unconfirmedExchanges()).toEqual([{ exchangeId, kind: 'decision' }]);
    await until(() => log.unconfirmedExchanges().length === 0);
    expect(await kinds(exchangeId)).toEqual(['decision', 'reconciliation']);
  });

  it('does not count a commit that never reached the server, and adds nothing about it', async () => {
    const exchangeId = uuid();
    line.cutBefore = 'COMMIT';
    await expect(log.append(decisionEntry(exchangeId))).rejects.toThrow(LogUnavailable);
    expect(log.unconfirmedExchanges()).toHaveLength(1);
    await until(() => log.unconfirmedExchanges().length === 0);
    expect(await kinds(exchangeId)).toEqual([]);
  });

  it('answers at once all who wait behind a failure', async () => {
    line.cutAfter = 'COMMIT';
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => log.append(decisionEntry())));
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    await until(() => log.readiness().ok && log.unconfirmedExchanges().length === 0);
  });

  it('gives up on a lock that another holds, without leaving a session behind', async () => {
    const pg = await import('pg');
    const holder = new pg.default.Client({ connectionString: database.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN; SELECT 1 FROM log_lock FOR UPDATE');
    await expect(log.append(decisionEntry())).rejects.toThrow(LogUnavailable);
    await holder.query('ROLLBACK');
    await holder.end();
    await until(() => log.readiness().ok);
    await log.append(decisionEntry());
  });
});
