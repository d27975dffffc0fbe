import { randomUUIDv7 as uuid } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DataSource } from 'typeorm';
import { verifyExport, type LogKeys } from '../../../sdk/index.js';
import { SETTINGS, type Settings } from '../../../src/config/index.js';
import { appendWithin, type ExchangeEntry } from '../../../src/disclosure-log/index.js';
import { runAsOwner } from '../../support/database.js';
import { openAs, PERIOD, type OpenAnswer } from '../../support/exports-world.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';

/** Refusals, of one entry each. */
const EXCHANGES = 20_000;
const APPENDED_AT_ONCE = 2_000;
/** Pages that the whole of it is read in. */
const PAGES = EXCHANGES / 250;
/** As many as an agency may have under way. */
const STALLED = 8;
const MIB = 1024 * 1024;
/** What the pages and bytes of one export on their way may take, at both of its ends, which are in this process. */
const MOST_GROWTH = 8 * MIB;

/** In the statement that reads a page of an export, and in no other that reads the log meanwhile, as what officers search does. */
const OF_A_PAGE = 'AS own LEFT JOIN log_bodies';

const PATH = `/v1/exports/evidence?${PERIOD}`;

describe('an export of 20,000 exchanges', () => {
  let gateway: TestGateway;
  let open: OpenAnswer;
  let keys: LogKeys;
  beforeAll(async () => {
    gateway = await startTestGateway();
    const { app } = gateway.sandbox.gateway;
    const signer = { name: app.get<Settings>(SETTINGS).logName, key: gateway.sandbox.keys.log.privateKey };
    for (let done = 0; done < EXCHANGES; done += APPENDED_AT_ONCE) {
      await app.get(DataSource).transaction(async (manager) => {
        await manager.query('SELECT 1 FROM log_lock FOR UPDATE');
        const query = async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[];
        await appendWithin(query, Array.from({ length: APPENDED_AT_ONCE }, refusal), { signer, at: new Date() });
      });
    }
    open = await openAs(gateway, 'northmoor-council-ig-1');
    const call = await gateway.as('northmoor-council-ig-1');
    keys = (await call('GET', '/v1/log/keys')).body as unknown as LogKeys;
  });
  afterAll(() => gateway.stop({ forged: true }));

  /** On a machine that is busy the log may give up a commit by its own deadline, and says so. */
  const opened = async (): Promise<IncomingMessage> => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await open(PATH);
      if (answer.statusCode !== 503 || attempt === 5) return answer;
      answer.destroy();
    }
  };

  it('goes on where the connection was lost, and verifies to the last line, in memory that does not grow with it', async () => {
    const collect = garbageCollector();
    const before = memory(collect);
    let most = 0;
    let bytes = 0;
    const file = (async function* () {
      const broken = await open(PATH);
      const treeSize = broken.headers['gatehouse-export-tree-size'];
      expect(broken.headers['gatehouse-export-total']).toBe(String(EXCHANGES));
      let last = '';
      let lines = 0;
      const count = (line: string): void => {
        bytes += line.length + 1;
        lines += 1;
        if (lines % 1_000 === 0) most = Math.max(most, memory(collect) - before);
      };
      for await (const line of wholeLines(broken)) {
        count(line);
        yield line;
        last = line;
        // The connection is lost in the middle of a line, so what came of it is asked for again.
        if (lines > EXCHANGES / 2) break;
      }
      broken.destroy();
      const { index } = JSON.parse(last) as { index: number };
      for await (const line of wholeLines(await open(`${PATH}&treeSize=${String(treeSize)}&after=${index}`))) {
        count(line);
        yield line;
      }
    })();
    expect(await verifyExport(file, keys)).toMatchObject({ valid: true, lines: EXCHANGES, opened: EXCHANGES });
    expect(bytes).toBeGreaterThan(24 * MIB);
    expect(most).toBeLessThan(2 * MOST_GROWTH);
  });

  it('holds no connection, no transaction and little memory for readers that stall', async () => {
    const collect = garbageCollector();
    const before = memory(collect);
    const pages = countPages(gateway);
    const answers = await Promise.all(Array.from({ length: STALLED }, () => opened()));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(STALLED).fill(200));
    // Each reader takes what comes first, and then nothing.
    for (const answer of answers) await once(answer, 'readable');
    await pages.untilNoMoreAreRead();
    expect(pages.count()).toBeLessThan((STALLED * PAGES) / 2);
    expect(await busyConnections(gateway)).toEqual([]);
    expect(memory(collect) - before).toBeLessThan(STALLED * MOST_GROWTH);
    // Nor can an agency begin more of them than that.
    const oneMore = await open(PATH);
    expect([oneMore.statusCode, oneMore.headers['gatehouse-error']]).toEqual([429, 'EXPORTS_UNDER_WAY']);
    oneMore.destroy();
    // It only waited: whoever reads on gets more.
    const [first, ...others] = answers;
    for (const other of others) other.destroy();
    const read = pages.count();
    for await (const _ of wholeLines(first!)) if (pages.count() > read + 10) break;
    expect(pages.count()).toBeGreaterThan(read + 10);
    pages.stop();
  });

  it('ends its work when its reader goes away', async () => {
    const pages = countPages(gateway);
    const answer = await open(PATH);
    await once(answer, 'readable');
    answer.destroy();
    await pages.untilNoMoreAreRead();
    expect(pages.count()).toBeLessThan(PAGES / 2);
    pages.stop();
  });

  it('does not keep a gateway from stopping', async () => {
    const replica = await gateway.addReplica();
    const openThere = await openAs(gateway, 'northmoor-council-ig-1', replica.url);
    const answer = await openThere(PATH);
    answer.on('error', () => undefined);
    await once(answer, 'readable');
    const began = performance.now();
    await replica.close();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

function refusal(): ExchangeEntry {
  return {
    claims: {
      kind: 'decision',
      exchangeId: uuid(),
      at: '2026-11-22T09:30:00.000Z',
      pattern: 'query',
      requester: {
        agency: 'northmoor-council',
        system: 'northmoor-council-adult-care',
        staffId: 'sw-4711',
        role: 'social-worker',
      },
      supplier: 'northmoor-nhs-trust',
      dataService: 'northmoor-nhs-trust/assessed-needs',
      purpose: 'adult-social-care',
      justification: null,
      agreement: { id: 'adult-care-assessed-needs', version: 1, hash: '4'.repeat(64) },
      decision: { outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'], policyVersion: 'f'.repeat(64) },
      items: ['assessed-needs', 'care-coordinator'].map((dataItem) => ({
        dataItem,
        outcome: 'deny',
        reasonCodes: ['DENY_CONSENT_REQUIRED'],
        legalBasis: [],
      })),
    },
    detail: {
      subjectHandles: { requester: ['r'.repeat(43)], supplier: ['s'.repeat(43)] },
      caseReferenceHandle: null,
      permissions: [],
      registerRevision: 1,
      factsHash: null,
    },
  };
}

async function* wholeLines(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/**
 * Connections that do something, or hold a transaction open. What officers search is brought up to date meanwhile, in
 * transactions that end soon; only what stays for seconds counts.
 */
async function busyConnections(gateway: TestGateway): Promise<unknown[]> {
  for (let looks = 1; ; looks += 1) {
    const busy = await runAsOwner(
      gateway.database.ownerUrl,
      `SELECT state, query FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'`,
    );
    if (busy.length === 0 || looks === 50) return busy;
    await sleep(100);
  }
}

/** Counts the pages that are read from the log. */
function countPages(gateway: TestGateway): { count(): number; untilNoMoreAreRead(): Promise<void>; stop(): void } {
  const dataSource = gateway.sandbox.gateway.app.get(DataSource);
  const query = dataSource.query.bind(dataSource);
  let pages = 0;
  dataSource.query = async (sql: string, values?: never) => {
    if (sql.includes(OF_A_PAGE)) pages += 1;
    return await query(sql, values);
  };
  return {
    count: () => pages,
    async untilNoMoreAreRead() {
      for (let before = -1; before < pages; await sleep(1_000)) before = pages;
    },
    stop: () => (dataSource.query = query),
  };
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Bytes that are really held. */
function memory(collect: () => void): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
