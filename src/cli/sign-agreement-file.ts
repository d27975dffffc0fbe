import { readFile } from 'node:fs/promises';
import { canonicalAgreement, claimedBytes, signAgreement, type PrivateJwk } from '../agreements/index.js';
import { StartUpError } from '../config/index.js';
import { writeSignatures } from '../definitions/index.js';
import type { AgreementReport } from './agreement-report.js';
import { readAgreementFile } from './read-agreement-file.js';

/**
 * Signs the agreement of a file for one party and adds the signature beside it. A signature that the party made before is
 * replaced; one that anybody made over another text is dropped, and this is said. The file itself is not touched.
 * @throws StartUpError when the file, the party or the key will not do; the key's content is never shown
 */
export async function signFile(file: string, agency: string, keyFile: string): Promise<AgreementReport> {
  const { value, signatures } = await readAgreementFile(file);
  if (!value.parties.includes(agency)) {
    throw new StartUpError(`${agency} is not a party to this agreement: the parties are ${value.parties.join(', ')}.`);
  }
  const signature = await signAgreement(value, agency, await readPrivateKey(keyFile)).catch((error: unknown) => {
    const reason = error instanceof Error && error.message.length < 100 ? error.message : 'cannot sign';
    throw new StartUpError(`The key in ${keyFile} ${reason}.`);
  });
  const { bytes, hash } = canonicalAgreement(value);
  const others = signatures.filter((other) => other.agency !== agency);
  const standing = others.filter((other) => bytes.equals(claimedBytes(other)));
  await writeSignatures(file, [...standing, signature]);
  const missing = value.parties.filter(
    (party) => party !== agency && !standing.some((other) => other.agency === party),
  );
  return {
    ok: true,
    lines: [
      `${agency} has signed ${value.id} version ${value.version}, SHA-256 ${hash}.`,
      ...others
        .filter((other) => !standing.includes(other))
        .map((other) => `The signature of ${other.agency} was over another text and is dropped.`),
      missing.length === 0 ? 'Every party has signed.' : `Still to sign: ${missing.join(', ')}.`,
    ],
  };
}

async function readPrivateKey(file: string): Promise<PrivateJwk> {
  try {
    const jwk = JSON.parse(await readFile(file, 'utf8')) as Partial<PrivateJwk> | null;
    if (typeof jwk?.kid === 'string' && typeof jwk.d === 'string' && typeof jwk.kty === 'string')
      return jwk as PrivateJwk;
  } catch {
    // Said below, without the content.
  }
  throw new StartUpError(`${file} does not hold a private JSON Web Key with a kid.`);
}
