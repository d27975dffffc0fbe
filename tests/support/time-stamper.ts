import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Certified } from './certificates.js';

const run = promisify(execFile);

/** A real RFC 3161 authority: OpenSSL answers, with a certificate of the test's. */
export interface TimeStamper {
  /** Answers a request, DER. */
  answer(request: Buffer): Promise<Buffer>;
  /** Makes a request as OpenSSL does, with a nonce of its own. @param digest SHA-256, hex */
  request(digest: string): Promise<Buffer>;
  /**
   * What a token says, signed anew (CMS, with ESSCertIDv2) by an authority that OpenSSL does not let answer, because its
   * certificate is not one for time-stamping alone.
   */
  signedAnew(token: Uint8Array, by: Certified): Promise<Buffer>;
  /** What OpenSSL says of a token over some data. */
  verifies(token: Uint8Array, data: string, authority: string): Promise<boolean>;
  remove(): Promise<void>;
}

export async function startTimeStamper({ certificate, privateKey }: Certified): Promise<TimeStamper> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-tsa-'));
  const at = (name: string): string => path.join(folder, name);
  await writeFile(at('signer.pem'), certificate);
  await writeFile(at('key.pem'), privateKey);
  await writeFile(at('serial'), '01\n');
  await writeFile(at('tsa.cnf'), CONFIGURATION.replace('SERIAL', at('serial')));
  const cms = async (...args: string[]): Promise<void> => {
    await run('openssl', ['cms', '-binary', ...args], { cwd: folder });
  };
  const openssl = async (...args: string[]): Promise<void> => {
    await run('openssl', ['ts', ...args], { cwd: folder });
  };
  let count = 0;
  return {
    async answer(request) {
      const [query, reply] = [at(`${++count}.tsq`), at(`${count}.tsr`)];
      await writeFile(query, request);
      await openssl(...REPLY, '-config', at('tsa.cnf'), '-queryfile', query, '-out', reply);
      return await readFile(reply);
    },
    async request(digest) {
      const query = at(`${++count}.own.tsq`);
      await openssl('-query', '-config', at('tsa.cnf'), '-digest', digest, '-sha256', '-cert', '-out', query);
      return await readFile(query);
    },
    async signedAnew(token, { certificate: other, privateKey: otherKey }) {
      await Promise.all([
        writeFile(at('token'), token),
        writeFile(at('other.pem'), other),
        writeFile(at('other-key.pem'), otherKey, { mode: 0o600 }),
      ]);
      await cms('-verify', '-noverify', '-inform', 'DER', '-in', 'token', '-out', 'info');
      await cms(
        '-sign',
        ...SIGN_INFO,
        '-signer',
        'other.pem',
        '-inkey',
        'other-key.pem',
        '-in',
        'info',
        '-out',
        'anew',
      );
      return await readFile(at('anew'));
    },
    async verifies(token, data, authority) {
      await Promise.all([
        writeFile(at('token'), token),
        writeFile(at('data'), data),
        writeFile(at('authority.pem'), authority),
      ]);
      const args = ['-in', at('token'), '-token_in', '-data', at('data'), '-CAfile', at('authority.pem')];
      return await openssl('-verify', ...args).then(
        () => true,
        () => false,
      );
    },
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}

const REPLY = ['-reply', '-section', 'authority', '-signer', 'signer.pem', '-inkey', 'key.pem'];

/** As a TSTInfo (RFC 3161), with the signing certificate among the signed attributes. */
const SIGN_INFO = [
  '-nodetach',
  '-cades',
  '-md',
  'sha256',
  '-outform',
  'DER',
  '-econtent_type',
  '1.2.840.113549.1.9.16.1.4',
];

const CONFIGURATION = `
[tsa]
default_tsa = authority
[authority]
serial = SERIAL
crypto_device = builtin
digests = sha256, sha512
default_policy = 1.2.3.4.1
signer_digest = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;
