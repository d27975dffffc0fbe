import type { DataSource } from 'typeorm';
import { canonicalAgreement, findRevokedKeys, verifySignatures } from '../agreements/index.js';
import { readStoredAt } from '../definitions/index.js';
import type { AgreementReport } from './agreement-report.js';
import { readAgreementFile, readDefinitionsAround } from './read-agreement-file.js';

/**
 * Verifies the signatures beside an agreement's file with the keys that a folder of definitions gives the parties.
 * @param database tells when the gateway stored the signatures, for keys that are revoked; without it they count as new
 */
export async function verifyFile(
  file: string,
  folder: string | undefined,
  now: Date,
  database?: DataSource,
): Promise<AgreementReport> {
  const { value, signatures } = await readAgreementFile(file);
  const { agencies } = await readDefinitionsAround(file, folder);
  const keysOf = (id: string) => agencies.find((agency) => agency.value.id === id)?.value.keys ?? [];
  const storedAt = database ? await readStoredAt(database, value, now) : () => now;
  const faults = await verifySignatures(value, signatures, keysOf, storedAt);
  const revoked = findRevokedKeys(signatures, keysOf, storedAt).map(({ agency, kid, revokedAt, stands }) =>
    stands
      ? `  warning: the key ${kid} of ${agency} is revoked at ${revokedAt}; its signature is of before, and stands`
      : `  the key ${kid} of ${agency} is revoked at ${revokedAt}; a signature counts as made when the gateway first stored it${database ? '' : ', which --database asks for'}`,
  );
  const name = `${value.id} version ${value.version}, SHA-256 ${canonicalAgreement(value).hash}`;
  return faults.length === 0
    ? { ok: true, lines: [`${name}: signed by ${value.parties.join(', ')}.`, ...revoked] }
    : {
        ok: false,
        lines: [`${name} is not signed by every party:`, ...faults.map((fault) => `  ${fault}`), ...revoked],
      };
}
