import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AgreementSignature } from '../agreements/index.js';
import type { DefinitionError } from './definition-error.js';

/** The signatures of `x.yaml` stand in `x.yaml.signatures.json`, so that what was signed is never written again. */
export const SIGNATURES_SUFFIX = '.signatures.json';

/** Reads the signatures beside an agreement's file; none when there is no such file. */
export async function readSignatures(
  root: string,
  agreementFile: string,
): Promise<{ signatures: AgreementSignature[]; errors: DefinitionError[] }> {
  const file = agreementFile + SIGNATURES_SUFFIX;
  const refuse = (reason: string) => ({ signatures: [], errors: [{ file, line: 1, reason }] });
  let text: string;
  try {
    text = await readFile(path.join(root, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { signatures: [], errors: [] };
    return refuse('the signatures cannot be read');
  }
  try {
    const content: unknown = JSON.parse(text);
    if (Array.isArray(content) && content.every(isSignature)) return { signatures: content, errors: [] };
  } catch {
    // Said below.
  }
  return refuse('the signatures are not a JSON list of agency, kid and jws: sign the agreement again');
}

/** Writes the signatures beside an agreement's file; a reader sees the old list or the new one, never half of it. */
export async function writeSignatures(agreementFile: string, signatures: readonly AgreementSignature[]): Promise<void> {
  const file = agreementFile + SIGNATURES_SUFFIX;
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, `${JSON.stringify(signatures, null, 2)}\n`);
  await rename(temporary, file);
}

function isSignature(value: unknown): value is AgreementSignature {
  if (typeof value !== 'object' || value === null) return false;
  const { agency, kid, jws, ...rest } = value as Record<string, unknown>;
  return [agency, kid, jws].every((member) => typeof member === 'string') && Object.keys(rest).length === 0;
}
