import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments, type Document } from 'yaml';
import type { PublicJwk } from '../src/agencies/index.js';
import { signAgreement, verifySignatures, type PrivateJwk } from '../src/agreements/index.js';
import { readDefinitions, writeSignatures, SIGNATURES_SUFFIX } from '../src/definitions/index.js';
import { thumbprint } from '../src/keys/index.js';

/** Where the simulated suppliers' address stands in the sandbox's definitions. */
const SUPPLIERS = '${SANDBOX_SUPPLIERS}';
/** The officers' identity provider in the sandbox's definitions; another address takes its place where it is served elsewhere. */
const ISSUER = 'http://127.0.0.1:8082';

export interface PrepareOptions {
  /** Folder of the sandbox's definitions, with placeholders and without keys. */
  readonly source: string;
  /** `<var>/sandbox`: keys and what is made of the definitions are written here and nowhere else. */
  readonly output: string;
  /** Address at which the simulated suppliers answer, without a slash at its end. */
  readonly suppliersUrl: string;
  /** The provider that officers sign in at, as its ID tokens name it. */
  readonly issuer?: string;
}

/** A folder that is ready for `applyDefinitions`, and the private keys that belong to it. */
export interface PreparedSandbox {
  readonly folder: string;
  /** File of the private key of each system and officer, by `client_id`. */
  readonly clientKeys: ReadonlyMap<string, string>;
  /** File of the private key that each agency signs agreements with, by its id. */
  readonly agencyKeys: ReadonlyMap<string, string>;
}

/**
 * Makes the sandbox's definitions ready to be applied: the suppliers' address and generated public keys are filled in, and
 * every agreement is signed for all its parties. Idempotent: a second start uses the keys and signatures of the first.
 *
 * For fictional agencies only. Nobody but an agency itself may hold the key that it signs agreements with.
 */
export async function prepareSandboxDefinitions({
  source,
  output,
  suppliersUrl,
  issuer = ISSUER,
}: PrepareOptions): Promise<PreparedSandbox> {
  const folder = path.join(output, 'definitions');
  const clientKeys = new Map<string, string>();
  const agencyKeys = new Map<string, string>();
  const signers = new Map<string, PrivateJwk>();
  const files = await listDefinitions(source);
  await removeOthers(folder, files);

  for (const file of files) {
    const text = (await readFile(path.join(source, file), 'utf8'))
      .replaceAll(SUPPLIERS, suppliersUrl)
      .replaceAll(ISSUER, issuer);
    const documents = parseAllDocuments(text) as Document.Parsed[];
    for (const document of documents) {
      const { kind, id } = document.toJS() as { kind: string; id: string };
      if (kind === 'System' || kind === 'Officer') {
        const keyFile = path.join(output, `${id}.jwk.json`);
        document.set('keys', [publicHalf(await keepKey(keyFile))]);
        clientKeys.set(id, keyFile);
      } else if (kind === 'Agency') {
        const keyFile = path.join(output, 'agencies', `${id}.jwk.json`);
        const key = await keepKey(keyFile);
        document.set('keys', [publicHalf(key)]);
        agencyKeys.set(id, keyFile);
        signers.set(id, key);
      }
    }
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, documents.map(String).join(''));
  }
  await signAgreements(folder, signers);
  return { folder, clientKeys, agencyKeys };
}

async function signAgreements(folder: string, keys: ReadonlyMap<string, PrivateJwk>): Promise<void> {
  const { definitions } = await readDefinitions(folder);
  const keysOf = (agency: string): PublicJwk[] => {
    const key = keys.get(agency);
    return key ? [publicHalf(key)] : [];
  };
  for (const { value, file, signatures } of definitions.agreements) {
    if ((await verifySignatures(value, signatures, keysOf, () => new Date(0))).length === 0) continue;
    const signers = value.parties.flatMap((party) => {
      const key = keys.get(party);
      return key ? [{ party, key }] : [];
    });
    const made = await Promise.all(signers.map(({ party, key }) => signAgreement(value, party, key)));
    await writeSignatures(path.join(folder, file), made);
  }
}

/** The key in a file, made at the first call. Only its owner can read the file. */
export async function keepKey(file: string): Promise<PrivateJwk> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = { ...privateKey.export({ format: 'jwk' }), kid: thumbprint(publicKey), alg: 'ES256' };
  await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  await chmod(file, 0o600);
  return JSON.parse(await readFile(file, 'utf8')) as PrivateJwk;
}

/** What of a key may be shown. */
export function publicHalf({ kty, kid, alg, crv, x, y }: PrivateJwk): PublicJwk {
  return JSON.parse(JSON.stringify({ kty, kid, alg, crv, x, y })) as PublicJwk;
}

async function listDefinitions(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => /\.(ya?ml|json)$/.test(name) && !name.endsWith(SIGNATURES_SUFFIX));
}

/** What an earlier version of the sandbox defined, and this one does not, must not be applied. */
async function removeOthers(folder: string, files: readonly string[]): Promise<void> {
  const kept = new Set(files.flatMap((file) => [file, file + SIGNATURES_SUFFIX]));
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of names.filter((one) => one.isFile())) {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (!kept.has(name)) await rm(path.join(folder, name));
  }
}
