import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PublicJwk } from '../agencies/agency.js';
import { thumbprint } from './gateway-keys.js';

/** A private key that the gateway signs agreements with for an agency. `kid` is the thumbprint of its public half. */
export type AgencySigningKey = PublicJwk & { readonly d: string };

/** Below the folder of the gateway's keys: a file for each agency whose signing key it keeps. */
const FOLDER = 'agencies';
const AGENCY_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** The signing keys of the agencies that leave theirs with the gateway. Read at each use; nothing is remembered. */
export class AgencyKeys {
  constructor(private readonly folder: string) {}

  /**
   * @returns undefined when none is kept for the agency
   * @throws Error when there is a file and it cannot be read. Never with its content
   */
  async find(agency: string): Promise<AgencySigningKey | undefined> {
    const file = fileOf(this.folder, agency);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error('the signing key of an agency cannot be read', { cause: error });
    }
    try {
      return JSON.parse(text) as AgencySigningKey;
    } catch {
      throw new Error('the signing key of an agency is not JSON');
    }
  }
}

/**
 * Makes a signing key for an agency where none is kept, readable by its owner only. Never overwrites one.
 * @returns the public half of the key that is kept, for the agency's definition
 */
export async function makeAgencyKey(folder: string, agency: string): Promise<PublicJwk> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = { ...privateKey.export({ format: 'jwk' }), kid: thumbprint(publicKey), alg: 'ES256' };
  await keepAgencyKey(folder, agency, `${JSON.stringify(made, null, 2)}\n`);
  const kept = JSON.parse(await readFile(fileOf(folder, agency), 'utf8')) as AgencySigningKey;
  const { kty, crv, x, y } = createPublicKey({ key: { ...kept }, format: 'jwk' }).export({ format: 'jwk' });
  return { kty, kid: kept.kid, alg: 'ES256', crv, x, y } as PublicJwk;
}

/** Keeps a key that was made elsewhere, unless one is kept already. @param text a JSON Web Key */
export async function keepAgencyKey(folder: string, agency: string, text: string): Promise<void> {
  await mkdir(path.join(folder, FOLDER), { recursive: true, mode: 0o700 });
  await writeFile(fileOf(folder, agency), text, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function fileOf(folder: string, agency: string): string {
  if (!AGENCY_ID.test(agency)) throw new Error('an agency has another kind of name');
  return path.join(folder, FOLDER, `${agency}.jwk.json`);
}
