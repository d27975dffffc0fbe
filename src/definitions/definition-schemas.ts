import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { projectFolder } from '../config/index.js';
import type { DocumentPath } from './definition-document.js';

/** What a document may define, and the schema in `schemas/` that it must satisfy. */
const SCHEMAS = {
  Agency: 'agency',
  System: 'system',
  Officer: 'officer',
  DataService: 'data-service',
  Agreement: 'agreement',
} as const;
export type DefinitionKind = keyof typeof SCHEMAS;
export const DEFINITION_KINDS = Object.keys(SCHEMAS) as DefinitionKind[];

/** What a document lacks, at which member. */
export interface SchemaFault {
  readonly path: DocumentPath;
  readonly reason: string;
}

let validators: Readonly<Record<DefinitionKind, ValidateFunction>> | undefined;

/** Holds a document against the schema of its kind. @returns every fault; empty when it satisfies the schema */
export function findSchemaFaults(kind: DefinitionKind, document: unknown): SchemaFault[] {
  validators ??= compileSchemas();
  return faultsBy(validators[kind], document);
}

/** Makes the check of documents that define nothing against `schemas/<name>.schema.json`, in the same words. */
export function makeSchemaCheck(name: string): (document: unknown) => SchemaFault[] {
  const validate = schemaCompiler()(name);
  return (document) => faultsBy(validate, document);
}

function faultsBy(validate: ValidateFunction, document: unknown): SchemaFault[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map(faultOf).filter((fault) => fault !== undefined);
}

function schemaCompiler(): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    discriminator: true,
    verbose: true,
    validateSchema: false, // they are Gatehouse's own, and its tests hold them against JSON Schema
  });
  ajvFormats.default(ajv);
  const folder = path.join(projectFolder(), 'schemas');
  return (name) => ajv.compile(JSON.parse(readFileSync(path.join(folder, `${name}.schema.json`), 'utf8')) as object);
}

function compileSchemas(): Record<DefinitionKind, ValidateFunction> {
  const compile = schemaCompiler();
  return {
    Agency: compile(SCHEMAS.Agency),
    System: compile(SCHEMAS.System),
    Officer: compile(SCHEMAS.Officer),
    DataService: compile(SCHEMAS.DataService),
    Agreement: compile(SCHEMAS.Agreement),
  };
}

function faultOf(error: ErrorObject): SchemaFault | undefined {
  // Said again, less well, by the error inside it.
  if (['oneOf', 'propertyNames', 'if'].includes(error.keyword)) return undefined;
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (error.keyword === 'additionalProperties') {
    const member = String(error.params['additionalProperty']);
    return {
      path: [...path, member],
      reason: privateMember(member) ?? `"${member}" is not a member that is known here`,
    };
  }
  if (error.keyword === 'required') {
    return { path, reason: `"${String(error.params['missingProperty'])}" is missing` };
  }
  return { path, reason: `${nameOf(path)} ${wordsOf(error)}` };
}

function privateMember(member: string): string | undefined {
  return ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(member)
    ? `"${member}" belongs to a private or secret key, which must never stand in a definition: treat the key as disclosed`
    : undefined;
}

const nameOf = (path: DocumentPath): string => {
  const last = path.at(-1);
  if (last === undefined) return 'the document';
  return /^\d+$/.test(String(last)) ? `entry ${Number(last) + 1} of "${path.at(-2) ?? ''}"` : `"${last}"`;
};

function wordsOf(error: ErrorObject): string {
  const described = (error.parentSchema as { description?: string } | undefined)?.description;
  const meaning = described ? ` (${described})` : '';
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'type':
      return params['type'] === 'string'
        ? `must be a text: put it in quotes${meaning}`
        : `must be of type ${String(params['type'])}${meaning}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as string[]).join(', ')}`;
    case 'const':
      return `must be ${String(params['allowedValue'])}${meaning}`;
    case 'pattern':
    case 'format':
      return `does not have its form${meaning}`;
    case 'uniqueItems':
      return 'holds the same entry twice';
    case 'not':
      return `must be left out${meaning}`;
    case 'discriminator':
      return `must have a "${String(params['tag'])}" that is known here`;
    default:
      return `${error.message ?? 'is not accepted'}${meaning}`;
  }
}
