import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectFolder, StartUpError } from '../config/index.js';
import { catalogueFault } from './catalogue-fault.js';
import type { LegalBasis, Purpose } from './legal-basis.js';

const LEGAL_BASES = 'legal-bases.json';
const PURPOSES = 'purposes.json';

/** The project's legal bases and purposes: immutable, in memory. */
export interface LegalBasesCatalogue {
  get(id: string): LegalBasis | undefined;
  purpose(code: string): Purpose | undefined;
  all(): readonly LegalBasis[];
  /** Those that can bar a disclosure, in order. */
  barring(): readonly LegalBasis[];
  purposes(): readonly Purpose[];
  /**
   * Whether a list of purposes covers one: it names it, names one that is broader at any distance, or is `*`. For lawful
   * bases, conditions and gates; a power or duty covers only what it lists. A purpose that is not in the catalogue is
   * never covered.
   */
  covers(purpose: string, listed: readonly string[]): boolean;
  /** Both files as read, by name: what a policy version is hashed over. */
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Reads `legal-bases.json` and `purposes.json`, holds each against its JSON Schema in `schemas/`, and checks that every
 * purpose and every basis that they refer to exists.
 * @param folder The folder that holds both, `consent-policies/` of the project
 * @throws StartUpError naming the file and the reason
 */
export function readLegalBases(folder: string): LegalBasesCatalogue {
  const legalBases = readValid<{ legalBases: LegalBasis[] }>(folder, LEGAL_BASES);
  const purposes = readValid<{ purposes: Purpose[] }>(folder, PURPOSES);
  const fault = catalogueFault(legalBases.legalBases, purposes.purposes);
  if (fault) throw new StartUpError(`${fault.about === 'purposes' ? PURPOSES : LEGAL_BASES}: ${fault.reason}.`);
  return makeCatalogue(legalBases.legalBases, purposes.purposes, { [LEGAL_BASES]: legalBases, [PURPOSES]: purposes });
}

let ofTheProject: LegalBasesCatalogue | undefined;

/** The catalogue in the project's own `consent-policies/`, read once. @throws StartUpError naming the file and the reason */
export const projectLegalBases = (): LegalBasesCatalogue =>
  (ofTheProject ??= readLegalBases(path.join(projectFolder(), 'consent-policies')));

function makeCatalogue(
  all: readonly LegalBasis[],
  purposes: readonly Purpose[],
  content: Readonly<Record<string, unknown>>,
): LegalBasesCatalogue {
  const barring = all.filter(({ bars }) => bars !== undefined);
  const byId = new Map(all.map((basis) => [basis.id, basis]));
  const byCode = new Map(purposes.map((purpose) => [purpose.code, purpose]));
  const reach = new Map(purposes.map(({ code }) => [code, withBroader(code, byCode)]));
  return {
    get: (id) => byId.get(id),
    purpose: (code) => byCode.get(code),
    all: () => all,
    barring: () => barring,
    purposes: () => purposes,
    covers: (purpose, listed) => {
      const codes = reach.get(purpose);
      return codes !== undefined && listed.some((code) => code === '*' || codes.has(code));
    },
    content,
  };
}

/** A purpose and everything broader than it. */
function withBroader(code: string, byCode: ReadonlyMap<string, Purpose>): ReadonlySet<string> {
  const found = new Set([code]);
  for (const next of found) for (const broader of byCode.get(next)?.broader ?? []) found.add(broader);
  return found;
}

function readValid<T>(folder: string, file: string): T {
  const document = readJson(path.join(folder, file), file);
  const schemaFile = file.replace('.json', '.schema.json');
  const schema = readJson(path.join(projectFolder(), 'schemas', schemaFile), schemaFile);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateSchema: false });
  const validate = ajv.compile<T>(schema as Record<string, unknown>);
  if (validate(document)) return document;
  const [error] = validate.errors ?? [];
  throw new StartUpError(`${file}: ${error?.instancePath || 'the document'} ${error?.message ?? 'is not valid'}.`);
}

function readJson(fullPath: string, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(fullPath, 'utf8');
  } catch {
    throw new StartUpError(`${file}: the file cannot be read.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new StartUpError(`${file}: the file is not JSON.`);
  }
}
