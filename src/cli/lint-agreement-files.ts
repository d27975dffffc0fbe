import { findRevokedKeys, lintAgreement } from '../agreements/index.js';
import {
  formatDefinitionError,
  lintContextOf,
  readDefinitions,
  sortDefinitionErrors,
  type DefinitionError,
  type DefinitionRules,
} from '../definitions/index.js';
import type { AgreementReport } from './agreement-report.js';
import { readDefinitionsAround } from './read-agreement-file.js';

const NOTHING_APPLIED = { agencies: new Map(), dataServices: new Map() };

/** Lints the agreements of a file or folder, against the definitions of a folder. Not all is well if one has an error. */
export async function lintFiles(
  target: string,
  folder: string | undefined,
  rules: DefinitionRules,
  now: Date,
): Promise<AgreementReport> {
  const { definitions, errors } = await readDefinitions(target);
  const around = await readDefinitionsAround(target, folder);
  const context = lintContextOf(around, NOTHING_APPLIED, rules, now.toISOString().slice(0, 10));
  const found: DefinitionError[] = errors.map((error) => ({ ...error, reason: `error: ${error.reason}` }));
  let errorCount = errors.length;
  const keysOf = (agency: string) => context.agency(agency)?.keys ?? [];
  for (const { value, file, lineOf, signatures } of definitions.agreements) {
    for (const { agency, kid, revokedAt } of findRevokedKeys(signatures, keysOf, () => now)) {
      const reason = `warning: the signature of ${agency} is by the key ${kid}, which is revoked at ${revokedAt}: it stands only if the gateway stored it before`;
      found.push({ file, line: lineOf([]), reason });
    }
    for (const { severity, path, message } of lintAgreement(value, context)) {
      if (severity === 'error') errorCount += 1;
      found.push({ file, line: lineOf(path), reason: `${severity}: ${message}` });
    }
  }
  const count = definitions.agreements.length;
  const warningCount = found.length - errorCount;
  const result =
    found.length === 0 ? 'nothing to say' : `${counted(errorCount, 'error')}, ${counted(warningCount, 'warning')}`;
  return {
    lines: [...sortDefinitionErrors(found).map(formatDefinitionError), `${counted(count, 'agreement')}: ${result}.`],
    ok: errorCount === 0 && count > 0,
  };
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
