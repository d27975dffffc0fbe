import { canonicalAgreement, verifySignatures } from '../agreements/index.js';
import type { AgreementReport } from './agreement.js';
import { readAgreementFile, readDefinitionsAround } from './read-agreement-file.js';

/** Verifies the signatures beside an agreement's file with the keys that a folder of definitions gives the parties. */
export async function verifyFile(file: string, folder: string | undefined): Promise<AgreementReport> {
  const { value, signatures } = await readAgreementFile(file);
  const { agencies } = await readDefinitionsAround(file, folder);
  const keysOf = (id: string) => agencies.find((agency) => agency.value.id === id)?.value.keys ?? [];
  const faults = await verifySignatures(value, signatures, keysOf);
  const name = `${value.id} version ${value.version}, SHA-256 ${canonicalAgreement(value).hash}`;
  return faults.length === 0
    ? { ok: true, lines: [`${name}: signed by ${value.parties.join(', ')}.`] }
    : { ok: false, lines: [`${name} is not signed by every party:`, ...faults.map((fault) => `  ${fault}`)] };
}
