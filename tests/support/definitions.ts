import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { DataSource } from 'typeorm';
import { prepareSandboxDefinitions } from '../../sandbox/prepare-definitions.js';
import type { PublicJwk } from '../../src/agencies/index.js';
import { signAgreement, type AgreementDraft, type PrivateJwk } from '../../src/agreements/index.js';
import { projectFolder, type Clock } from '../../src/config/index.js';
import { makeDefinitionRules, readDefinitions, writeSignatures } from '../../src/definitions/index.js';
import { projectLegalBases } from '../../src/legal-bases/index.js';
import { runAsOwner } from './database.js';

/** The gateway's own rules, over the project's catalogue of legal bases. */
export const RULES = makeDefinitionRules(projectLegalBases());

/** A day on which the sandbox's agreements are in force. */
export const ON = '2026-11-22';
export const CLOCK_ON: Clock = { now: () => new Date(`${ON}T12:00:00Z`) };

/** The sandbox's definitions, filled in and signed, in a folder of the test's own. */
export interface DefinitionsFolder {
  readonly folder: string;
  /** Folder that holds the private keys of agencies and systems. */
  readonly keys: string;
  /** Replaces a text that occurs in a file; throws when it does not. */
  edit(file: string, from: string, to: string): Promise<void>;
  write(file: string, content: string): Promise<void>;
  read(file: string): Promise<string>;
  delete(file: string): Promise<void>;
  agencyKey(agency: string): Promise<PrivateJwk>;
  /** Signs the agreement of a file anew, for all its parties. */
  sign(file: string): Promise<void>;
  remove(): Promise<void>;
}

export const ADULT_CARE = 'adult-care-assessed-needs.agreement.yaml';
export const FIRE = 'fire-premises-risk.agreement.yaml';

export async function makeDefinitionsFolder(): Promise<DefinitionsFolder> {
  const keys = await mkdtemp(path.join(tmpdir(), 'gatehouse-definitions-'));
  const { folder } = await prepareSandboxDefinitions({
    source: path.join(projectFolder(), 'sandbox', 'definitions'),
    output: keys,
    suppliersUrl: 'http://127.0.0.1:4000',
  });
  const agencyKey = async (agency: string): Promise<PrivateJwk> =>
    JSON.parse(await readFile(path.join(keys, 'agencies', `${agency}.jwk.json`), 'utf8')) as PrivateJwk;
  return {
    folder,
    keys,
    agencyKey,
    async edit(file, from, to) {
      const text = await readFile(path.join(folder, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
      await writeFile(path.join(folder, file), text.replace(from, to));
    },
    write: (file, content) => writeFile(path.join(folder, file), content),
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    delete: (file) => rm(path.join(folder, file)),
    async sign(file) {
      const [agreement] = (await readDefinitions(path.join(folder, file))).definitions.agreements;
      if (!agreement) throw new Error(`${file} holds no agreement`);
      await writeSignatures(path.join(folder, file), await signForAll(agreement.value, agencyKey));
    },
    remove: () => rm(keys, { recursive: true, force: true }),
  };
}

/** A signing key of an agency, new each time. */
export function makeAgencyKey(kid: string, type: 'ec' | 'ed25519' | 'rsa' = 'ec'): PrivateJwk {
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  return { ...privateKey.export({ format: 'jwk' }), kid } as PrivateJwk;
}

export function publicHalf({ kty, kid, alg, crv, x, y, n, e }: PrivateJwk): PublicJwk {
  return JSON.parse(JSON.stringify({ kty, kid, alg, crv, x, y, n, e })) as PublicJwk;
}

/** A connection as the application's role; the test closes it. */
export const connectTo = (url: string): Promise<DataSource> =>
  new DataSource({ type: 'postgres', url, extra: { connectionTimeoutMillis: 2_000 } }).initialize();

/** Makes the register empty again, behind the gateway's back. */
export async function forgetDefinitions(ownerUrl: string): Promise<void> {
  await runAsOwner(ownerUrl, 'TRUNCATE agencies, systems, officers, data_services, agreements');
  await runAsOwner(ownerUrl, 'UPDATE register_revision SET revision = 0');
}

async function signForAll(agreement: AgreementDraft, keyOf: (agency: string) => Promise<PrivateJwk>) {
  return Promise.all(agreement.parties.map(async (party) => signAgreement(agreement, party, await keyOf(party))));
}
