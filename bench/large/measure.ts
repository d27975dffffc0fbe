import { randomInt } from 'node:crypto';
import { DataSource } from 'typeorm';
import { readVerifierKey, verifierKey, verifyLog } from '../../src/disclosure-log/index.js';
import { Latencies, type Measurement } from '../load/latencies.js';
import { SystemClient } from '../load/system-client.js';
import { Bench } from '../measure.js';
import type { Options } from '../options.js';
import { median } from '../report.js';
import type { Stage } from '../stage.js';
import { makeLargeLog } from './make-log.js';

/** What a log of many entries costs. Times in milliseconds. */
export interface LargeLogFigures {
  readonly entries: number;
  readonly madeInSeconds: number;
  /**
   * The gateway's throughput over that of the server written by hand in the same round, which has no such log, so that a machine
   * that is slower for a while does not count; the median of the rounds.
   */
  readonly append: { readonly empty: number; readonly large: number; readonly ratio: number };
  readonly searchByTime: Times;
  readonly searchBySubject: Times;
  readonly inclusionProof: Times;
  readonly verification: { readonly seconds: number; readonly entriesPerSecond: number };
}

export type Times = Pick<Measurement, 'p50' | 'p95' | 'p99'>;

const SEARCHES = 200;
const WARM_UP = 20;
const DAY_MS = 86_400_000;

export async function measureLargeLog(
  stage: Stage,
  options: Options,
  progress: (line: string) => void,
): Promise<LargeLogFigures> {
  const bench = new Bench(stage, options, progress);
  progress('warming up');
  await bench.warmUp();
  await stage.settle();
  const empty = await relativeThroughput(bench);
  const [from, until] = [new Date(Date.now() - 1_000 * DAY_MS), new Date()];
  const began = performance.now();
  const { databaseUrl, signer } = stage;
  const log = { databaseUrl, signer, handles: stage.keys.subjectHandle, entries: options.large, from, until };
  const people = await makeLargeLog(log, progress);
  const madeInSeconds = (performance.now() - began) / 1_000;
  await stage.settle();
  const large = await relativeThroughput(bench);

  const clientOf = async (id: string): Promise<SystemClient> =>
    await SystemClient.of(String(stage.gateway.started), id, stage.clientKeys[id]!);
  const officer = await clientOf(stage.officer);
  const system = await clientOf(stage.adultCare);
  const searchByTime = await timesOf(officer, () => {
    const day = new Date(from.getTime() + randomInt(990) * DAY_MS);
    const end = new Date(day.getTime() + randomInt(1, 9) * DAY_MS);
    return { method: 'GET', path: `/v1/disclosures?from=${day.toISOString()}&to=${end.toISOString()}` };
  });
  const searchBySubject = await timesOf(officer, () => ({
    method: 'POST',
    path: '/v1/disclosures/search-by-subject',
    body: { subject: { identifiers: [{ type: 'nhs-number', value: people[randomInt(people.length)] }] } },
  }));
  const own = await indexesOf(stage);
  const inclusionProof = await timesOf(system, () => ({
    method: 'GET',
    path: `/v1/log/entries/${own[randomInt(own.length)]}/proof`,
  }));
  return {
    entries: options.large,
    madeInSeconds,
    append: { empty, large, ratio: large / empty },
    searchByTime,
    searchBySubject,
    inclusionProof,
    verification: await verification(stage, progress),
  };
}

async function relativeThroughput(bench: Bench): Promise<number> {
  const { gateway, byHand } = await bench.throughput(['byHand', 'gateway']);
  return median(gateway.map(({ throughput }, round) => throughput / byHand[round]!.throughput));
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** One after the other, each another request. @throws Error at the first that is not answered 200 */
async function timesOf(client: SystemClient, next: () => Asked): Promise<Times> {
  const latencies = new Latencies();
  for (let round = -WARM_UP; round < SEARCHES; round++) {
    const { method, path, body } = next();
    const began = performance.now();
    const answer = await client.send(path, body, method);
    const took = performance.now() - began;
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.body}`);
    if (round >= 0) latencies.add(took);
  }
  const { p50, p95, p99 } = latencies.measured(1);
  return { p50, p95, p99 };
}

/** Places in the log of exchanges that the asking system's agency took part in. */
async function indexesOf(stage: Stage): Promise<string[]> {
  const rows = await withDatabase(
    stage,
    async (dataSource) =>
      await dataSource.query<{ log_index: string }[]>(
        "SELECT log_index FROM log_entries TABLESAMPLE SYSTEM (1) WHERE requester_agency = 'northmoor-council' LIMIT 5000",
      ),
  );
  return rows.map((row) => row.log_index);
}

async function verification(stage: Stage, progress: (line: string) => void): Promise<LargeLogFigures['verification']> {
  return await withDatabase(stage, async (dataSource) => {
    const began = performance.now();
    const key = readVerifierKey(verifierKey(stage.signer));
    const { entries, findings } = await dataSource.transaction('REPEATABLE READ', async (manager) =>
      verifyLog(async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[], key),
    );
    if (findings.length > 0) throw new Error(`the log does not verify: ${findings[0]?.sentence}`);
    const seconds = (performance.now() - began) / 1_000;
    progress(`verified ${entries} entries in ${seconds.toFixed(0)} s`);
    return { seconds, entriesPerSecond: entries / seconds };
  });
}

async function withDatabase<Value>(
  { databaseUrl }: Stage,
  work: (dataSource: DataSource) => Promise<Value>,
): Promise<Value> {
  const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl, poolSize: 1 }).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
