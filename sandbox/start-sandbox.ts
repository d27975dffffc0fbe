import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { DataSource } from 'typeorm';
import {
  projectFolder,
  StartUpError,
  systemClock,
  type Clock,
  type ConsoleSettings,
  type Settings,
} from '../src/config/index.js';
import {
  makeRolePassword,
  prepareDatabase,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../src/database/index.js';
import { applyDefinitions, makeDefinitionRules, recordApplied } from '../src/definitions/index.js';
import { RegisterService } from '../src/definitions/definitions.module.js';
import { keepAgencyKey, makeGatewayKeys, readGatewayKeys, type GatewayKeys } from '../src/keys/index.js';
import { projectLegalBases } from '../src/legal-bases/index.js';
import { startGateway, type Gateway } from '../src/main.js';
import { Log, Readiness } from '../src/observability/index.js';
import { keepKey, prepareSandboxDefinitions, publicHalf } from './prepare-definitions.js';
import { recordPermissions } from './record-permissions.js';
import { SANDBOX_CLIENT_ID, startSignIn, type SandboxSignIn } from './sign-in/start-sign-in.js';
import { startSuppliers, type Suppliers } from './suppliers/start-suppliers.js';

/** A gateway with everything that it needs to be tried: database, fictional agencies and their simulated systems. */
export interface Sandbox {
  readonly gateway: Gateway;
  /** Address of the gateway. */
  readonly url: string;
  /** File of the private key of each system and officer, by `client_id`. */
  readonly clientKeys: ReadonlyMap<string, string>;
  /** The database, with the application's role. */
  readonly databaseUrl: string;
  readonly keys: GatewayKeys;
  /** The identity provider of the officers: the sandbox's own, unless the settings name another. */
  readonly issuer: string;
  /** Whom one may sign in to the console as, and what they are: a line for each; none where the provider is another's. */
  readonly accounts: () => string[];
  /** Lets exchanges finish, then stops everything, the database last. */
  stop(): Promise<void>;
}

export interface SandboxOptions {
  readonly settings: Settings;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Records the permissions that the published identifiers need for their outcomes. Default: none are recorded. */
  readonly withPermissions?: boolean;
}

/**
 * Starts the sandbox. What it makes (keys, database, definitions) stays in the `var` folder and is found again.
 * @throws StartUpError in one sentence; whatever was started by then is stopped
 */
export async function startSandbox({
  settings: given,
  clock = systemClock,
  log,
  withPermissions = false,
}: SandboxOptions): Promise<Sandbox> {
  const running: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };
  try {
    // The public URL is in every token, so a free port is chosen before anything is started.
    const settings = given.port === 0 ? { ...given, port: await findFreePort(given.host) } : given;
    await mkdir(settings.varFolder, { recursive: true });
    await makeGatewayKeys(settings.keysFolder);
    const keys = await readGatewayKeys(settings.keysFolder);
    const [suppliers, databaseUrl] = await bothOf(
      started(startSuppliersNear(settings.port), (one: Suppliers) => running.push({ stop: () => one.close() })),
      openDatabase(settings, (one) => running.unshift({ stop: () => one.stop() })),
    );
    const { signIn, console } = await openSignIn(settings);
    if (signIn) running.push({ stop: () => signIn.close() });
    const { issuer } = console;
    const clientKeys = await applySandbox(settings, { databaseUrl, suppliersUrl: suppliers.url, issuer, keys, clock });
    const publicUrl = settings.publicUrl ?? `http://${settings.host}:${settings.port}`;
    const gateway = await startGateway({
      settings: { ...settings, databaseUrl, publicUrl, console },
      keys,
      clock,
      log: log ?? new Log(settings.logLevel, clock),
    });
    running.push({ stop: () => gateway.close() });
    const officers = () => gateway.app.get(RegisterService, { strict: false }).current().officers();
    const accounts = (): string[] => (signIn ? officers().map(({ id, roles }) => `${id} (${roles.join(', ')})`) : []);
    signIn?.open({ officers, publicUrl });
    refuseUnready(gateway);
    if (withPermissions) await recordPermissions({ publicUrl, listeningUrl: gateway.url, clientKeys, clock });
    return { gateway, url: publicUrl, clientKeys, databaseUrl, keys, issuer, accounts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The port after the gateway's where it is free, so that the next start finds the same definitions. */
async function startSuppliersNear(port: number): Promise<Suppliers> {
  return await startSuppliers(port === 0 ? 0 : port + 1).catch(() => startSuppliers());
}

/** The sandbox's own provider, two ports after the gateway's where that is free; none where the settings name another. */
async function openSignIn(
  settings: Settings,
): Promise<{ readonly signIn?: SandboxSignIn; readonly console: ConsoleSettings }> {
  if (settings.console) return { console: settings.console };
  const keyFile = path.join(settings.varFolder, 'sandbox', 'console.jwk.json');
  const key = publicHalf(await keepKey(keyFile));
  const signIn = await startSignIn(settings.port + 2, key).catch(() => startSignIn(0, key));
  const { issuer } = signIn;
  return { signIn, console: { issuer, clientId: SANDBOX_CLIENT_ID, authentication: { keyFile }, acr: [] } };
}

async function findFreePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** Waits for the other one too when one fails, so that all that was started is known and can be stopped. */
async function bothOf<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

/** @throws StartUpError when the gateway came up and cannot serve, e.g. on a database whose files are damaged */
function refuseUnready(gateway: Gateway): void {
  const { ready, checks } = gateway.app.get(Readiness, { strict: false }).check();
  const reasons = checks.flatMap(({ ok, reason }) => (ok ? [] : [reason ?? 'it is not ready']));
  if (!ready) throw new StartUpError(`The gateway cannot serve: ${reasons.join('; ')}.`);
}

async function started<One>(starting: Promise<One>, keep: (one: One) => void): Promise<One> {
  const one = await starting;
  keep(one);
  return one;
}

/** The embedded database, or that of `DATABASE_URL`, whose role owns it and makes the application's. */
async function openDatabase(settings: Settings, keep: (one: EmbeddedPostgres) => void): Promise<string> {
  const folder = path.join(settings.varFolder, 'sandbox');
  let ownerUrl = settings.databaseUrl;
  if (ownerUrl === undefined) {
    const postgres = await startEmbeddedPostgres({ folder: path.join(settings.varFolder, 'postgres') });
    keep(postgres);
    ownerUrl = postgres.url();
  }
  await mkdir(folder, { recursive: true });
  const password = await keepSecret(path.join(folder, 'database-password'), makeRolePassword);
  const name = `${new URL(ownerUrl).pathname.slice(1) || 'postgres'}_gatehouse`;
  const { applicationUrl } = await prepareDatabase(ownerUrl, { name, password });
  await writeFile(path.join(folder, 'database-url'), applicationUrl, { mode: 0o600 });
  return applicationUrl;
}

async function applySandbox(
  settings: Settings,
  of: { databaseUrl: string; suppliersUrl: string; issuer: string; keys: GatewayKeys; clock: Clock },
): Promise<ReadonlyMap<string, string>> {
  const { folder, clientKeys, agencyKeys } = await prepareSandboxDefinitions({
    source: path.join(projectFolder(), 'sandbox', 'definitions'),
    output: path.join(settings.varFolder, 'sandbox'),
    suppliersUrl: of.suppliersUrl,
    issuer: of.issuer,
  });
  for (const [agency, file] of agencyKeys) {
    await keepAgencyKey(settings.keysFolder, agency, await readFile(file, 'utf8'));
  }
  const dataSource = new DataSource({ type: 'postgres', url: of.databaseUrl, poolSize: 2 });
  await dataSource.initialize();
  try {
    const signer = { name: settings.logName, key: of.keys.log.privateKey };
    await applyDefinitions(dataSource, folder, {
      clock: of.clock,
      rules: makeDefinitionRules(projectLegalBases()),
      record: recordApplied(signer, of.clock),
    });
  } finally {
    await dataSource.destroy();
  }
  return clientKeys;
}

async function keepSecret(file: string, make: () => string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, make(), { mode: 0o600 });
  return await readFile(file, 'utf8');
}
