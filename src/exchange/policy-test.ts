import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Assurance, Pattern } from '../agreements/index.js';
import { StartUpError } from '../config/index.js';
import {
  makeSchemaCheck,
  parseDefinitionFile,
  type DefinitionError,
  type DocumentPath,
  type SchemaFault,
} from '../definitions/index.js';
import type { CapacityFinding, Permission } from '../permissions/index.js';
import type { SharingStatement } from '../statements/index.js';
import { looksLikePersonIdentifier } from '../subject-handles/index.js';
import type { RequestedOverride } from './disclosure-request.js';

/** What the person whom a case is about has said. Times are RFC 3339. */
export interface PermissionOnRecord extends Pick<
  Permission,
  'recordedBy' | 'kind' | 'purpose' | 'recipients' | 'items' | 'givenBy' | 'capacity'
> {
  /** Default `given`. */
  readonly answer?: Permission['answer'];
  /** What was found of the person's capacity for this decision. Absent: what lets the giver speak. */
  readonly capacityFinding?: CapacityFinding;
  readonly validFrom: string;
  /** A refusal has none: it does not end. */
  readonly validUntil?: string;
  /** Absent: when it began to hold, or now where that is still to come. */
  readonly recordedAt?: string;
  readonly withdrawnAt?: string;
}

/** What was said about sharing with the data of the person whom a case is about. Times are RFC 3339. */
export interface StatementOnRecord extends Pick<SharingStatement, 'kind' | 'recordedBy'> {
  readonly purpose: string;
  readonly recipients: readonly string[];
  readonly items: readonly string[];
  /** Default `do-not-share`. */
  readonly says?: SharingStatement['says'];
  /** Absent: now. */
  readonly recordedAt?: string;
  readonly validUntil?: string;
  readonly liftedAt?: string;
}

/** What should be decided, or what was. */
export interface ExpectedDecision {
  readonly outcome: string;
  readonly reasonCodes: readonly string[];
  /** `permit`, or the foremost reason for which the item is withheld. */
  readonly items: Readonly<Record<string, string>>;
}

/** One request and what should be decided about it. */
export interface PolicyCase {
  readonly name: string;
  readonly now?: string;
  readonly system: string;
  readonly request: {
    readonly pattern: Pattern;
    readonly dataService: string;
    readonly purpose: string;
    readonly identifierTypes: readonly string[];
    readonly dataItems: readonly string[];
    readonly caseReference?: string;
    readonly requestedBy: { readonly staffId: string; readonly role: string };
    readonly agreement?: string;
    readonly justification?: string;
    readonly override?: RequestedOverride;
    readonly assurance?: Assurance;
  };
  readonly permissions?: readonly PermissionOnRecord[];
  /** What the supplier then says, where that narrows the answer: the decision is then the one that the requester is told. */
  readonly supplier?: {
    /** Default true. */
    readonly knowsThePerson?: boolean;
    /** Items that it marks as suppressed for somebody's safety. */
    readonly suppresses?: readonly string[];
  };
  readonly statements?: readonly StatementOnRecord[];
  readonly expect: ExpectedDecision;
}

/** A file of `consent-policies/tests/`, as `schemas/policy-test.schema.json` describes it. */
export interface PolicyTest {
  readonly title: string;
  /** Folder of definitions, relative to the file. */
  readonly definitions: string;
  readonly now: string;
  readonly cases: readonly PolicyCase[];
}

/** A test and where it stands. */
export interface PolicyTestFile {
  /** Path below the folder of tests, with `/`. */
  readonly file: string;
  readonly test: PolicyTest;
  readonly lineOf: (path: DocumentPath) => number;
}

/**
 * Lists the test files in a folder and below it, ordered by name.
 * @throws StartUpError when there are none: nothing tested is not all well
 */
export async function listPolicyTests(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => /\.(ya?ml|json)$/.test(name)).map((name) => name.replaceAll(path.sep, '/'));
  if (files.length === 0) throw new StartUpError(`There are no policy tests in ${folder}.`);
  return files.toSorted();
}

/** Reads a test file. Its shape is checked; whether what it names exists is not (see `findCaseFaults`). */
export async function readPolicyTest(
  folder: string,
  file: string,
): Promise<PolicyTestFile | { readonly errors: readonly DefinitionError[] }> {
  const { documents, errors } = parseDefinitionFile(file, await readFile(path.join(folder, file), 'utf8'));
  const [document] = documents;
  if (!document) return { errors };
  const { value, lineOf } = document;
  const faults: SchemaFault[] =
    documents.length > 1 ? [{ path: [], reason: 'a file holds one test' }] : findIdentifiers(value);
  if (faults.length === 0) faults.push(...check(value));
  if (faults.length === 0) return { file, test: value as PolicyTest, lineOf };
  return {
    errors: faults.map(({ path: at, reason }) => ({ file, line: lineOf(at), reason: within(value, at) + reason })),
  };
}

let checkSchema: ReturnType<typeof makeSchemaCheck> | undefined;
const check = (value: unknown): SchemaFault[] => (checkSchema ??= makeSchemaCheck('policy-test'))(value);

/** INVARIANT: 1. Tests are kept and passed around, so nobody's identifier stands in one; what is refused is not repeated. */
function findIdentifiers(value: unknown, at: DocumentPath = []): SchemaFault[] {
  if (typeof value === 'string' && looksLikePersonIdentifier(value)) {
    return [{ path: at, reason: 'a text has the form of a person’s identifier, and none may stand in a test' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([step, inside]) => [
    ...findIdentifiers(step, at),
    ...findIdentifiers(inside, [...at, step]),
  ]);
}

/** Names the case that a fault is in. */
function within(value: unknown, [list, place]: DocumentPath): string {
  if (list !== 'cases' || place === undefined) return '';
  const { cases } = value as { cases: readonly unknown[] };
  const name = (cases[Number(place)] as { name?: unknown } | null)?.name;
  return nameCase(typeof name === 'string' && !looksLikePersonIdentifier(name) ? name : Number(place) + 1);
}

/** The start of a sentence about a case: its name, or its place in the file. */
export const nameCase = (name: string | number): string =>
  typeof name === 'number' ? `case ${name}: ` : `case "${name}": `;
