import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { StartUpError } from '../config/index.js';
import type { Agency, Officer, System } from '../agencies/index.js';
import type { AgreementDraft, AgreementSignature } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import { parseDefinitionFile, type DefinitionDocument, type DocumentPath } from './definition-document.js';
import { sortDefinitionErrors, type DefinitionError } from './definition-error.js';
import { DEFINITION_KINDS, findSchemaFaults, type DefinitionKind } from './definition-schemas.js';
import { readSignatures, SIGNATURES_SUFFIX } from './signatures-file.js';

/** A definition and where it stands. */
export interface Defined<T> {
  readonly value: T;
  readonly file: string;
  readonly lineOf: (path: DocumentPath) => number;
}

/** What a folder defines. Shapes are checked; what refers to something else is not (see `findDefinitionErrors`). */
export interface Definitions {
  readonly agencies: readonly Defined<Agency>[];
  readonly systems: readonly Defined<System>[];
  readonly officers: readonly Defined<Officer>[];
  readonly dataServices: readonly Defined<DataService>[];
  readonly agreements: readonly (Defined<AgreementDraft> & { readonly signatures: readonly AgreementSignature[] })[];
}

/** For folders that hold something else beside definitions. */
export interface ReadOptions {
  /** Documents without a `kind` are passed over. Default: each is an error. */
  readonly passOverOthers?: boolean;
  /** A folder in it that is not looked into. */
  readonly except?: string;
}

/**
 * Reads every `.yaml`, `.yml` and `.json` file below a folder (not those whose name starts with a dot), or one file.
 *
 * @returns what was understood, and every error of parsing and shape with its file and line
 * @throws StartUpError when the folder cannot be read
 */
export async function readDefinitions(
  folder: string,
  { passOverOthers = false, except }: ReadOptions = {},
): Promise<{ definitions: Definitions; errors: readonly DefinitionError[] }> {
  const errors: DefinitionError[] = [];
  const found: { kind: DefinitionKind; document: DefinitionDocument; value: unknown; alone: boolean }[] = [];
  const { root, files } = await listFiles(folder);
  for (const file of files.filter((name) => except === undefined || !name.startsWith(`${except}/`))) {
    const parsed = parseDefinitionFile(file, await readFile(path.join(root, file), 'utf8'));
    errors.push(...parsed.errors);
    for (const document of parsed.documents) {
      if (passOverOthers && !hasKind(document.value)) continue;
      const kind = kindOf(document.value);
      const faults = kind
        ? findSchemaFaults(kind, document.value)
        : [{ path: ['kind'], reason: `"kind" must be one of ${DEFINITION_KINDS.join(', ')}` }];
      errors.push(...faults.map((fault) => ({ file, line: document.lineOf(fault.path), reason: fault.reason })));
      if (!kind || faults.length > 0) continue;
      const { kind: _, ...value } = document.value as Record<string, unknown>;
      found.push({ kind, document, value, alone: parsed.documents.length === 1 });
    }
  }
  const all = <T>(kind: DefinitionKind): Defined<T>[] =>
    found
      .filter((entry) => entry.kind === kind)
      .map(({ document, value }) => ({ value: value as T, file: document.file, lineOf: document.lineOf }));
  for (const { document } of found.filter((entry) => entry.kind === 'Agreement' && !entry.alone)) {
    const reason = 'an agreement has a file of its own, because its signatures stand beside the file';
    errors.push({ file: document.file, line: document.lineOf([]), reason });
  }
  const agreements: Definitions['agreements'][number][] = [];
  for (const agreement of all<AgreementDraft>('Agreement')) {
    const read = await readSignatures(root, agreement.file);
    errors.push(...read.errors);
    agreements.push({ ...agreement, signatures: read.signatures });
  }
  return {
    definitions: {
      agencies: all('Agency'),
      systems: all('System'),
      officers: all('Officer'),
      dataServices: all('DataService'),
      agreements,
    },
    errors: sortDefinitionErrors(errors),
  };
}

const hasKind = (value: unknown): boolean => typeof value === 'object' && value !== null && 'kind' in value;

function kindOf(value: unknown): DefinitionKind | undefined {
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
  return DEFINITION_KINDS.find((known) => known === kind);
}

async function listFiles(folder: string): Promise<{ root: string; files: string[] }> {
  try {
    if (!(await stat(folder)).isDirectory()) return { root: path.dirname(folder), files: [path.basename(folder)] };
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter(
        (entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name) && !entry.name.endsWith(SIGNATURES_SUFFIX),
      )
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
      .filter((file) => !file.split('/').some((step) => step.startsWith('.')));
    return { root: folder, files: files.toSorted() };
  } catch {
    throw new StartUpError(`The definitions in ${folder} cannot be read: there is no such folder or file.`);
  }
}
