import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartUpError } from '../config/index.js';

/** A signing key of the gateway. `kid` is the RFC 7638 thumbprint of its public half. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The gateway's own secrets. Replicas share them; they are files, so that a secret store can mount them. */
export interface GatewayKeys {
  /** ES256: access tokens. */
  readonly token: SigningKey;
  /** Ed25519: checkpoints of the disclosure log. */
  readonly log: SigningKey;
  /** Ed25519: receipts. */
  readonly receipt: SigningKey;
  /** Ed25519: cosignatures of other logs' checkpoints. Never the key of this log. */
  readonly witness: SigningKey;
  /** 32 bytes: subject handles are keyed with it. Losing it orphans every permission; leaking it lets handles be guessed. */
  readonly subjectHandle: Buffer;
  /** 32 bytes: cookies of the authorization server. */
  readonly cookie: Buffer;
}

/** Injection token of {@link GatewayKeys}. */
export const GATEWAY_KEYS = Symbol('GatewayKeys');

const SIGNING = { token: 'ec', log: 'ed25519', receipt: 'ed25519', witness: 'ed25519' } as const;
const SECRETS = ['subject-handle', 'cookie'] as const;

/** Makes the key files that `folder` lacks, readable by their owner only. Never overwrites one. */
export async function makeGatewayKeys(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string | Buffer): Promise<void> =>
    writeFile(path.join(folder, name), content, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  for (const [name, type] of Object.entries(SIGNING)) {
    const { privateKey } =
      type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    await write(`${name}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  for (const name of SECRETS) await write(`${name}.secret`, randomBytes(32).toString('base64url'));
}

/**
 * Reads the gateway's keys.
 * @throws StartUpError naming the file that is missing or unusable, never its content
 */
export async function readGatewayKeys(folder: string): Promise<GatewayKeys> {
  const read = async (file: string): Promise<string> => {
    try {
      return await readFile(path.join(folder, file), 'utf8');
    } catch {
      throw new StartUpError(
        `The key file ${file} in ${folder} cannot be read: make the keys with "gatehouse keys make ${folder}".`,
      );
    }
  };
  const signing = async (name: keyof typeof SIGNING): Promise<SigningKey> => {
    const pem = await read(`${name}.pem`);
    try {
      const privateKey = createPrivateKey(pem);
      if (privateKey.asymmetricKeyType !== SIGNING[name]) throw new Error('wrong type');
      const publicKey = createPublicKey(privateKey);
      return { kid: thumbprint(publicKey), privateKey, publicKey };
    } catch {
      throw new StartUpError(`The key file ${name}.pem in ${folder} does not hold a key of type ${SIGNING[name]}.`);
    }
  };
  const secret = async (name: (typeof SECRETS)[number]): Promise<Buffer> => {
    const bytes = Buffer.from((await read(`${name}.secret`)).trim(), 'base64url');
    if (bytes.length !== 32) throw new StartUpError(`The key file ${name}.secret in ${folder} does not hold 32 bytes.`);
    return bytes;
  };
  return {
    token: await signing('token'),
    log: await signing('log'),
    receipt: await signing('receipt'),
    witness: await signing('witness'),
    subjectHandle: await secret('subject-handle'),
    cookie: await secret('cookie'),
  };
}

/** RFC 7638 JWK thumbprint, SHA-256, base64url. */
export function thumbprint(publicKey: KeyObject): string {
  const jwk = publicKey.export({ format: 'jwk' });
  const members = ['crv', 'e', 'kty', 'n', 'x', 'y'].filter((name) => jwk[name] !== undefined);
  const canonical = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
  return createHash('sha256').update(canonical).digest('base64url');
}
