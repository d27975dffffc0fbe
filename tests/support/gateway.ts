import { createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.js';
import { readSettings, systemClock, type Clock } from '../../src/config/index.js';
import { startGateway, type Gateway } from '../../src/main.js';
import { Log } from '../../src/observability/index.js';
import { replayDecisions } from '../../src/policy/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from './database.js';
import type { DatabaseLine } from './database-line.js';
import { makeAccessToken, makeCallerKey, makeProof, type CallerKey } from './dpop-caller.js';

/** The whole gateway with the sandbox's agencies, on a database and a `var` folder of a test's own. */
export interface TestGateway {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly varFolder: string;
  readonly publicUrl: string;
  /** Every line that was logged. */
  readonly logged: string[];
  /** Starts another replica on the same database; calls can be sent to it by its URL. */
  addReplica(clock?: Clock): Promise<Gateway>;
  /**
   * From here on callers take the first answer, whatever it is. Until then they ask again, as the SDK does, when the database
   * was too slow for anything to be begun.
   */
  takeFirstAnswers(): void;
  /** Calls as a system of the sandbox, with a genuine token and a fresh proof of the clock's time. */
  as(system: string, replica?: string, clock?: Clock): Promise<Call>;
  /** Decides everything again that was recorded, unless the test wrote decisions that nobody made. */
  stop(of?: { forged: true }): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // A test looks into answers freely.
  readonly body: Record<string, unknown>;
  readonly text: string;
  /** As they came, for what is no text. */
  readonly bytes?: Buffer;
}

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<Answer>;

const MOST_REPEATS = 8;

/** @param line to the run's PostgreSQL, where the test is to cut it; closed with the gateway */
export async function startTestGateway(
  environment: Record<string, string> = {},
  clock: Clock = systemClock,
  line?: DatabaseLine,
): Promise<TestGateway> {
  const database = await createTestDatabase();
  const varFolder = await mkdtemp(path.join(tmpdir(), 'gatehouse-var-'));
  const logged: string[] = [];
  const log = new Log('debug', systemClock, keepLines(logged));
  const settings = readSettings({
    PORT: String(await freePort()),
    GATEHOUSE_VAR: varFolder,
    DATABASE_URL: line?.leadingTo(database.ownerUrl) ?? database.ownerUrl,
    ...environment,
  });
  const sandbox = await startSandbox({ settings, log, clock });
  const publicUrl = sandbox.url;
  const replicas: Gateway[] = [];
  let repeats = MOST_REPEATS;
  return {
    sandbox,
    database,
    varFolder,
    publicUrl,
    logged,
    takeFirstAnswers: () => void (repeats = 0),
    async addReplica(itsClock = clock) {
      const gateway = await startGateway({
        settings: { ...settings, port: 0, publicUrl, databaseUrl: sandbox.databaseUrl },
        keys: sandbox.keys,
        clock: itsClock,
        log,
      });
      replicas.push(gateway);
      return gateway;
    },
    async as(system, replica = publicUrl, itsClock = clock) {
      const call = caller(await makeCallerKey(), { system, replica, publicUrl, sandbox, clock: itsClock });
      return async (...asked) => {
        for (let repeat = 0; ; repeat += 1) {
          const answer = await call(...asked);
          if (repeat >= repeats || answer.body['code'] !== 'STORE_UNAVAILABLE') return answer;
          await sleep(100 * 2 ** Math.min(repeat, 4));
        }
      };
    },
    async stop(of) {
      line?.mend();
      await Promise.all(replicas.map((replica) => replica.close()));
      await sandbox.stop();
      await line?.close();
      const differences = await findReplayDifferences(database);
      await database.drop();
      await runAsOwner(process.env['TEST_POSTGRES_URL'] ?? '', `DROP ROLE IF EXISTS ${roleOf(sandbox)}`);
      await rm(varFolder, { recursive: true, force: true });
      if (!of?.forged) expect(differences).toEqual([]);
    },
  };
}

/** Every decision that any test ever made comes out the same when it is made again. */
async function findReplayDifferences({ ownerUrl }: TestDatabase) {
  const { differences } = await replayDecisions((sql, values = []) => runAsOwner(ownerUrl, sql, [...values]) as never);
  return differences;
}

function caller(
  key: CallerKey,
  of: { system: string; replica: string; publicUrl: string; sandbox: Sandbox; clock: Clock },
): Call {
  let token: Promise<string> | undefined;
  let madeAt = 0;
  return async (method, path, body, headers = {}, signal) => {
    const now = of.clock.now();
    if (now.getTime() - madeAt > 60_000) {
      token = makeAccessToken(of.sandbox.keys, { issuer: of.publicUrl, clientId: of.system, jkt: key.jkt, now });
      madeAt = now.getTime();
    }
    const url = `${of.publicUrl}${path}`;
    const proof = await makeProof(key, { method, url, token: (await token)!, now });
    const response = await fetch(`${of.replica}${path}`, {
      method,
      headers: {
        authorization: `DPoP ${await token}`,
        dpop: proof,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString('utf8');
    const json = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      bytes,
      body: (json ? JSON.parse(text) : {}) as Answer['body'],
    };
  };
}

/** The council asks the trust about somebody's assessed needs. */
export const needsQuery = (nhsNumber = '9990000018', change: object = {}) => ({
  dataService: 'northmoor-nhs-trust/assessed-needs',
  purpose: 'adult-social-care',
  subject: { identifiers: [{ type: 'nhs-number', value: nhsNumber }] },
  dataItems: ['assessed-needs', 'care-coordinator'],
  caseReference: 'ASC-2026-00123',
  requestedBy: { staffId: 'sw-4711', role: 'social-worker' },
  ...change,
});

/** The fire service asks the council about premises, with an incident. */
export const premisesQuery = (change: object = {}) => ({
  dataService: 'northmoor-council/premises-risk',
  purpose: 'premises-risk',
  subject: { identifiers: [{ type: 'uprn', value: '999900000001' }] },
  dataItems: ['hazards', 'access-notes'],
  caseReference: 'INC-20261122-0001',
  requestedBy: { staffId: 'fc-12', role: 'control-operator' },
  ...change,
});

/** The person's confidentiality permission for what the council asks the trust for. */
export const needsPermission = (nhsNumber = '9990000018', change: object = {}) => ({
  kind: 'confidentiality',
  purpose: 'adult-social-care',
  recipients: ['northmoor-council'],
  items: ['northmoor-nhs-trust/assessed-needs#*'],
  subject: { identifiers: [{ type: 'nhs-number', value: nhsNumber }] },
  givenBy: 'self',
  capacity: 'own',
  method: 'in-person',
  wordingVersion: 'shared-assessment-v3',
  language: 'en',
  askedBy: { staffId: 'tr-0815', role: 'care-coordinator' },
  validUntil: new Date(Date.now() + 365 * 86_400_000).toISOString(),
  ...change,
});

export async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const roleOf = (sandbox: Sandbox): string => new URL(sandbox.databaseUrl).username;

function keepLines(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}
