import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { readVerifierKey } from '../tree/checkpoint.js';
import { verifyLog, type Verification } from './verify-log.js';

/** What the worker is asked. */
export interface VerificationOrder {
  readonly databaseUrl: string;
  /** C2SP verifier key of the log. */
  readonly key: string;
  /** Most entries that are read in a second. */
  readonly rate: number;
}

/** What it answers. */
export interface VerifiedAside extends Verification {
  /** Entries that the newest checkpoint signed when it began. */
  readonly treeSize: number;
}

/** Longest that one statement may take, milliseconds: the last one looks through every body. */
const DEADLINE_MS = 600_000;

async function verify({ databaseUrl, key, rate }: VerificationOrder): Promise<VerifiedAside> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    query_timeout: DEADLINE_MS,
    keepAlive: true,
    application_name: 'gatehouse-verification',
  });
  // Where the connection breaks, the statement under way says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // As of one instant; and on one core of the database's.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL max_parallel_workers_per_gather = 0');
    const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(sql, values)).rows;
    const began = performance.now();
    let treeSize = 0;
    const verification = await verifyLog(query, readVerifierKey(key), [], async (done, of) => {
      treeSize = of;
      const ahead = (done / rate) * 1_000 - (performance.now() - began);
      if (ahead > 0) await sleep(ahead);
    });
    return { ...verification, treeSize };
  } finally {
    await client.end().catch(() => undefined);
  }
}

parentPort?.postMessage(await verify(workerData as VerificationOrder));
