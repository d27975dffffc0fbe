import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKeyPair, exportJWK, SignJWT, type JWK } from 'jose';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { prepareSandboxDefinitions } from '../sandbox/prepare-definitions.js';
import { projectFolder, readSettings, systemClock } from '../src/config/index.js';
import { makeRolePassword, prepareDatabase, startEmbeddedPostgres } from '../src/database/index.js';
import { applyDefinitions, makeDefinitionRules, recordApplied } from '../src/definitions/index.js';
import type { NoteKey } from '../src/disclosure-log/index.js';
import { makeGatewayKeys, readGatewayKeys, type GatewayKeys } from '../src/keys/index.js';
import { projectLegalBases } from '../src/legal-bases/index.js';
import { Child, type Served } from './child.js';
import type { LoadInput } from './load/main.js';
import type { ByHandInput } from './servers/by-hand.js';
import type { GatewayInput } from './servers/gateway.js';

/** Everything that is measured or needed for it, each in a process of its own. */
export interface Stage {
  readonly direct: Child;
  readonly proxy: Child;
  readonly byHand: Child;
  readonly gateway: Child;
  readonly load: Child;
  /** What the callers of `byHand` hold. */
  readonly bearerToken: string;
  readonly fireControl: string;
  readonly adultCare: string;
  /** An officer of the agency of {@link adultCare}. */
  readonly officer: string;
  /** Private keys of systems and officers, by `client_id`. */
  readonly clientKeys: Readonly<Record<string, JWK>>;
  readonly postgresVersion: string;
  /** The gateway's database, with its own role. */
  readonly databaseUrl: string;
  readonly keys: GatewayKeys;
  /** The log's signer. */
  readonly signer: NoteKey;
  /** Starts another replica of the gateway, on the same database. */
  startReplica(): Promise<Child>;
  /** Waits until PostgreSQL has done what it puts off: what was written before is not part of what is measured next. */
  settle(): Promise<void>;
  /** Stops all of it, the database last, and removes what was written. */
  stop(): Promise<void>;
}

const LOG_NAME = 'gatehouse-bench/log';
const FIRE_CONTROL = 'northmoor-fire-control';
const ADULT_CARE = 'northmoor-council-adult-care';
const TRUST_RECORDS = 'northmoor-nhs-trust-records';
const OFFICER = 'northmoor-council-ig-1';

/**
 * Sets the stage: a real PostgreSQL with its default durability, the sandbox's agencies and agreements in front of a stub
 * supplier, the gateway, the two servers that it is compared with, and the process that makes the load. All of it lies in
 * a folder of its own, so that two runs do not meet, on the disk that the gateway writes to.
 * @param signal stops what was begun; the promise is then rejected with its reason
 */
export async function setStage(options: { connections: number }, signal: AbortSignal): Promise<Stage> {
  const { varFolder } = readSettings(process.env);
  await mkdir(varFolder, { recursive: true });
  const folder = await mkdtemp(path.join(varFolder, 'bench-'));
  const running: { stop(): Promise<void> }[] = [];
  const keep = <One extends { stop(): Promise<void> }>(one: One): One => {
    running.push(one);
    return one;
  };
  const stop = async (): Promise<void> => {
    for (const part of running.splice(0).reverse()) await part.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const start = async (name: string, module: string, input: unknown, served?: Served): Promise<Child> => {
      signal.throwIfAborted();
      const output = path.join(folder, `${name}.log`);
      return keep(await Child.start({ name, module, output, ...(served && { served }) }, input));
    };
    const kept = { min_wal_size: `${WAL_FILES * 16}MB` };
    const postgres = keep(await startEmbeddedPostgres({ folder: path.join(folder, 'postgres'), settings: kept }));
    await makeWalFiles(postgres.url());
    const direct = await start('supplier', './servers/supplier.js', {});
    const supplierUrl = String(direct.started);
    const proxy = await start('proxy', './servers/proxy.js', { supplierUrl });
    const { bearerToken, ...trusted } = await makeBearerToken();
    const served = await asInProduction();
    const byHandInput = { ...trusted, supplierUrl, databaseUrl: postgres.url(), connections: options.connections };
    const byHand = await start('by-hand', './servers/by-hand.js', byHandInput satisfies ByHandInput, served);

    const { databaseUrl, systems, postgresVersion, keys } = await defineAgencies(folder, postgres.url(), supplierUrl);
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const settings = { PORT: `${port}`, PUBLIC_URL: publicUrl, DATABASE_URL: databaseUrl, LOG_NAME };
    // The server written by hand writes no line per request either.
    const input: GatewayInput = {
      ...settings,
      GATEHOUSE_VAR: folder,
      LOG_LEVEL: 'warn',
      // The daily verification of the log begins when a run has long ended.
      LOG_VERIFY_HOUR: String((new Date().getUTCHours() + 23) % 24),
    };
    const gateway = await start('gateway', './servers/gateway.js', input, served);
    const load = await start('load', './load/main.js', {
      gatewayUrl: publicUrl,
      systems,
      recorder: TRUST_RECORDS,
    } satisfies LoadInput);
    return {
      direct,
      proxy,
      byHand,
      gateway,
      load,
      bearerToken,
      fireControl: FIRE_CONTROL,
      adultCare: ADULT_CARE,
      officer: OFFICER,
      clientKeys: systems,
      databaseUrl,
      keys,
      signer: { name: LOG_NAME, key: keys.log.privateKey },
      postgresVersion,
      startReplica: async () =>
        await start('replica', './servers/gateway.js', {
          ...input,
          PORT: `${await freePort()}`,
        } satisfies GatewayInput),
      settle: () => settle(postgres.url()),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Files of PostgreSQL's write-ahead log that are there from the beginning, 16 MB each. */
const WAL_FILES = 40;

/**
 * Has PostgreSQL make the files of its write-ahead log beforehand. A server that has been in use writes over those that it
 * has; a new one stops everybody for each that it makes.
 */
async function makeWalFiles(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    for (let n = 0; n < WAL_FILES; n++) {
      await owner.query("SELECT pg_logical_emit_message(false, 'bench', ''); SELECT pg_switch_wal()");
    }
    await owner.query('CHECKPOINT');
  } finally {
    await owner.end();
  }
}

/** The tables that officers search hold the whole log, as many rows as there are are known, and the disk has what was written. */
async function settle(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const behind = `SELECT FROM disclosures_progress WHERE next_index < (SELECT max(tree_size) FROM log_checkpoints)`;
    while ((await owner.query(behind)).rowCount) await sleep(1_000);
    await owner.query('VACUUM ANALYZE');
    await owner.query('CHECKPOINT');
  } finally {
    await owner.end();
  }
}

/** How `npm run start:production` starts Node. */
async function asInProduction(): Promise<Served> {
  const { scripts } = JSON.parse(await readFile(path.join(projectFolder(), 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [before = '', after = ''] = scripts['start:production']?.split(/\bnode /) ?? [];
  return {
    node: after.split(' ').filter((word) => word.startsWith('--')),
    environment: Object.fromEntries(
      [...before.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    ),
  };
}

/** Prepares the gateway's database, and applies the sandbox's definitions to it with the stub as supplier. */
async function defineAgencies(
  folder: string,
  ownerUrl: string,
  supplierUrl: string,
): Promise<{ databaseUrl: string; systems: Record<string, JWK>; postgresVersion: string; keys: GatewayKeys }> {
  const keysFolder = path.join(folder, 'keys');
  await makeGatewayKeys(keysFolder);
  const keys = await readGatewayKeys(keysFolder);
  const role = { name: 'bench_gatehouse', password: makeRolePassword() };
  const { applicationUrl } = await prepareDatabase(ownerUrl, role);
  const { folder: definitions, clientKeys } = await prepareSandboxDefinitions({
    source: path.join(projectFolder(), 'sandbox', 'definitions'),
    output: path.join(folder, 'sandbox'),
    suppliersUrl: supplierUrl,
  });
  const postgresVersion = await apply(definitions, applicationUrl, keys);
  const systems: Record<string, JWK> = {};
  for (const id of [FIRE_CONTROL, ADULT_CARE, TRUST_RECORDS, OFFICER]) {
    systems[id] = JSON.parse(await readFile(clientKeys.get(id) ?? '', 'utf8')) as JWK;
  }
  return { databaseUrl: applicationUrl, systems, postgresVersion, keys };
}

/** @returns the version of PostgreSQL */
async function apply(definitions: string, databaseUrl: string, keys: GatewayKeys): Promise<string> {
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, poolSize: 2 });
  await dataSource.initialize();
  try {
    await applyDefinitions(dataSource, definitions, {
      clock: systemClock,
      rules: makeDefinitionRules(projectLegalBases()),
      record: recordApplied({ name: LOG_NAME, key: keys.log.privateKey }, systemClock),
    });
    const [{ server_version: version = 'unknown' } = {}] =
      await dataSource.query<{ server_version?: string }[]>('SHOW server_version');
    return version;
  } finally {
    await dataSource.destroy();
  }
}

/** A token that lasts the whole run, as an issuer elsewhere would have given it. */
async function makeBearerToken(): Promise<{ bearerToken: string; tokenKey: JWK; issuer: string }> {
  const issuer = 'https://tokens.example';
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const bearerToken = await new SignJWT({ scope: 'premises-risk' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(FIRE_CONTROL)
    .setIssuedAt()
    .setExpirationTime('12h')
    .sign(privateKey);
  return { bearerToken, tokenKey: await exportJWK(publicKey), issuer };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
