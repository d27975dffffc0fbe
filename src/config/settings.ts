import path from 'node:path';
import { StartUpError } from './start-up-error.js';

/** Everything the environment says, read once. Values of settings are never printed; names are. */
export interface Settings {
  /** `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** `PORT`, default 8080. 0 takes any free port. */
  readonly port: number;
  /** `GATEHOUSE_VAR`, default `var/`: the one folder the gateway writes to. */
  readonly varFolder: string;
  /** `DATABASE_URL`: PostgreSQL of one's own. In production, with the application's role. */
  readonly databaseUrl: string | undefined;
  /** `PUBLIC_URL`: the address that callers use; issuer and audience of tokens, and `htu` of proofs. No trailing slash. */
  readonly publicUrl: string | undefined;
  /** `LOG_NAME`: name of the disclosure log in its checkpoints; default the host of `PUBLIC_URL` and `/log`. Never changes. */
  readonly logName: string;
  /** `GATEHOUSE_KEYS`: folder of the gateway's keys; default `<var>/keys`. */
  readonly keysFolder: string;
  /** `MAX_EXCHANGES`: most exchanges under way at once, default 256. More are answered 503. */
  readonly maxExchanges: number;
  /** `MAX_EXCHANGES_PER_SYSTEM`: most of them for one system, default a quarter. More are answered 429. */
  readonly maxExchangesPerSystem: number;
  /** `ALERTS_EVERY_SECONDS`: how often is looked for what officers and operators should know, default 60. */
  readonly alertsEverySeconds: number;
  /** `LOG_BODY_YEARS`: years for which the log keeps bodies of entries that name no agreement, default 6, 1 to 100. */
  readonly logBodyYears: number;
  /** `LOG_VERIFY_HOUR`: when the whole log is verified each day, hour in UTC, 0 to 23, default 2. */
  readonly logVerifyHour: number;
  /** `LOG_VERIFY_RATE`: most entries of the log that this reads in a second, default 10,000. */
  readonly logVerifyRate: number;
  /** `WITNESSES`: file of the witnesses that cosign this log's checkpoints; none when unset. */
  readonly witnessesFile: string | undefined;
  /** `WITNESS_QUORUM`: cosignatures that make a checkpoint a cosigned one, default 1; 0 without `WITNESSES`. */
  readonly witnessQuorum: number;
  /** `WITNESSED_LOGS`: file of the logs whose checkpoints this witness cosigns; none when unset. */
  readonly witnessedLogsFile: string | undefined;
  /** `WITNESS_NAME`: name of this witness in its cosignatures; default the host of `PUBLIC_URL` and `/witness`. Never changes. */
  readonly witnessName: string;
  /** `TIME_STAMP_AUTHORITIES`: file of the RFC 3161 authorities that time-stamp checkpoints; none when unset. */
  readonly timeStampAuthoritiesFile: string | undefined;
  /** `TIME_STAMP_SECONDS`: shortest time between two time-stamps of one authority, default 3600. */
  readonly timeStampSeconds: number;
  /** `LOG_LEVEL`: `error`, `warn`, `info` (default), `debug`. */
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** How officers sign in to the console; absent without `CONSOLE_ISSUER`, and then nobody does. */
  readonly console: ConsoleSettings | undefined;
}

/** The gateway as a client of the identity provider of its officers (OpenID Connect). */
export interface ConsoleSettings {
  /** `CONSOLE_ISSUER`: the provider, exactly as its metadata and the definitions of officers write it. `https:` outside localhost. */
  readonly issuer: string;
  /** `CONSOLE_CLIENT_ID`. */
  readonly clientId: string;
  /** `CONSOLE_CLIENT_KEY_FILE`, a private JWK (`private_key_jwt`), or `CONSOLE_CLIENT_SECRET_FILE`: one of the two. */
  readonly authentication: { readonly keyFile: string } | { readonly secretFile: string };
  /** `CONSOLE_ACR`: values of `acr` that are accepted, by spaces; empty accepts any. */
  readonly acr: readonly string[];
}

/** Injection token of the {@link Settings}. */
export const SETTINGS = Symbol('Settings');

/** Names the log of a sandbox, whatever port it is served on. */
const SANDBOX_HOST = 'gatehouse-sandbox';

/**
 * Reads the settings.
 * @throws StartUpError naming each setting that is unreadable, in one sentence
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const wrong: string[] = [];
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      wrong.push(`${name} must be a whole number from ${least} to ${most}`);
    }
    return value;
  };
  const url = (name: string, protocols: readonly string[]): string | undefined => {
    const text = environment[name];
    if (text === undefined || text === '') return undefined;
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
      wrong.push(`${name} must be a URL that starts with ${protocols.join(' or ')}//`);
    }
    return text.replace(/\/+$/, '');
  };
  const level = environment['LOG_LEVEL'] || 'info';
  if (!['error', 'warn', 'info', 'debug'].includes(level)) wrong.push('LOG_LEVEL must be error, warn, info or debug');
  const varFolder = path.resolve(environment['GATEHOUSE_VAR'] || 'var');
  const maxExchanges = whole('MAX_EXCHANGES', 256, 1, 10_000);
  const publicUrl = url('PUBLIC_URL', ['http:', 'https:']);
  const host = publicUrl === undefined ? SANDBOX_HOST : hostOf(publicUrl);
  const noteName = (name: string, fallback: string): string => {
    const text = environment[name] || fallback;
    if (!/^[A-Za-z0-9.:/_-]{1,200}$/.test(text)) wrong.push(`${name} must be a URL without its scheme`);
    return text;
  };
  const file = (name: string): string | undefined => (environment[name] ? path.resolve(environment[name]) : undefined);
  const witnessesFile = file('WITNESSES');
  const console = readConsole(environment, wrong);
  const settings: Settings = {
    host: environment['HOST'] || '127.0.0.1',
    port: whole('PORT', 8080, 0, 65_535),
    varFolder,
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    publicUrl,
    logName: noteName('LOG_NAME', `${host}/log`),
    keysFolder: path.resolve(environment['GATEHOUSE_KEYS'] || path.join(varFolder, 'keys')),
    maxExchanges,
    maxExchangesPerSystem: whole('MAX_EXCHANGES_PER_SYSTEM', Math.max(1, Math.ceil(maxExchanges / 4)), 1, 10_000),
    alertsEverySeconds: whole('ALERTS_EVERY_SECONDS', 60, 1, 3_600),
    logBodyYears: whole('LOG_BODY_YEARS', 6, 1, 100),
    logVerifyHour: whole('LOG_VERIFY_HOUR', 2, 0, 23),
    logVerifyRate: whole('LOG_VERIFY_RATE', 10_000, 100, 1_000_000),
    witnessesFile,
    witnessQuorum: whole('WITNESS_QUORUM', witnessesFile ? 1 : 0, 0, 100),
    witnessedLogsFile: file('WITNESSED_LOGS'),
    witnessName: noteName('WITNESS_NAME', `${host}/witness`),
    timeStampAuthoritiesFile: file('TIME_STAMP_AUTHORITIES'),
    timeStampSeconds: whole('TIME_STAMP_SECONDS', 3_600, 1, 2_592_000),
    logLevel: level as Settings['logLevel'],
    console,
  };
  if (wrong.length > 0) throw new StartUpError(`The settings cannot be used: ${wrong.join('; ')}.`);
  return settings;
}

function readConsole(environment: NodeJS.ProcessEnv, wrong: string[]): ConsoleSettings | undefined {
  const text = (name: string): string => environment[`CONSOLE_${name}`] ?? '';
  const [issuer, clientId] = [text('ISSUER'), text('CLIENT_ID')];
  const [keyFile, secretFile] = [text('CLIENT_KEY_FILE'), text('CLIENT_SECRET_FILE')];
  if (issuer === '') return undefined;
  if (!isIssuer(issuer)) wrong.push('CONSOLE_ISSUER must be a URL that starts with https:');
  if (clientId === '') wrong.push('CONSOLE_CLIENT_ID is missing');
  if ((keyFile === '') === (secretFile === '')) {
    wrong.push('one of CONSOLE_CLIENT_KEY_FILE and CONSOLE_CLIENT_SECRET_FILE is needed, and not both');
  }
  const authentication = keyFile === '' ? { secretFile: path.resolve(secretFile) } : { keyFile: path.resolve(keyFile) };
  return { issuer, clientId, authentication, acr: text('ACR').split(' ').filter(Boolean) };
}

/** OpenID Connect Discovery section 3; unencrypted only on this machine. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.search !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname));
}

const hostOf = (text: string): string => (URL.canParse(text) ? new URL(text).host : '');

/** What production must be told and the sandbox makes up for itself. */
const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'PUBLIC_URL', 'GATEHOUSE_KEYS'] as const;

/**
 * Reads the settings for production, which has no defaults for what security depends on.
 * @throws StartUpError naming every setting that is missing
 */
export function readProductionSettings(
  environment: NodeJS.ProcessEnv,
): Settings & { databaseUrl: string; publicUrl: string } {
  const missing = REQUIRED_IN_PRODUCTION.filter((name) => !environment[name]);
  if (missing.length > 0)
    throw new StartUpError(`Production needs these settings, which are missing: ${missing.join(', ')}.`);
  const settings = readSettings(environment);
  if (!settings.publicUrl!.startsWith('https:'))
    throw new StartUpError('PUBLIC_URL must start with https:// in production.');
  return settings as Settings & { databaseUrl: string; publicUrl: string };
}
