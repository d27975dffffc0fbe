import path from 'node:path';
import { StartUpError } from '../config/index.js';
import {
  DefinitionsRefused,
  formatDefinitionError,
  makeDefinitionRules,
  readDefinedRegister,
  type DefinitionError,
} from '../definitions/index.js';
import { readLegalBases } from '../legal-bases/index.js';
import { Decisions, preparePolicies, readPolicyFiles } from '../policy/index.js';
import { decideCase, differencesOf, type CaseParts } from './decide-case.js';
import { findCaseFaults } from './find-case-faults.js';
import { listPolicyTests, nameCase, readPolicyTest, type PolicyTestFile } from './policy-test.js';

/** A case that was run. */
export interface CaseResult {
  readonly name: string;
  /** What was decided otherwise than expected, in sentences; empty for a case that passed. */
  readonly differences: readonly string[];
}

/** What came of one file. */
export interface FileResult {
  readonly file: string;
  /** Absent where the file could not be read. */
  readonly title: string | undefined;
  readonly cases: readonly CaseResult[];
  /** Cases that could not be run, or a whole file, each with its line. */
  readonly errors: readonly DefinitionError[];
}

/** What came of all files. All is well when no case has a difference and no file an error. */
export interface PolicyTestResult {
  readonly policyVersion: string;
  readonly files: readonly FileResult[];
  /** Ids of agreements that counted as signed and are not. */
  readonly unsigned: readonly string[];
}

/**
 * Runs the policy tests of a folder of policies: each case through steps 2 to 5 of an exchange, on definitions of its own
 * and at a time of its own, and compares. Nobody is asked for data, and nothing is recorded.
 *
 * Guarantee: a case that names what nobody has defined is an error, and never passes.
 *
 * Does NOT authenticate anybody (step 1), and says nothing of what a supplier would answer (steps 7 and 8).
 *
 * @param folder Folder of policies; the tests stand in its folder `tests`
 * @throws StartUpError when the policies cannot be used, or there are no tests
 */
export async function testDecisions(folder: string): Promise<PolicyTestResult> {
  const decisions = new Decisions(preparePolicies(readPolicyFiles(folder)));
  const catalogue = readLegalBases(folder);
  const tests = path.join(folder, 'tests');
  const results: FileResult[] = [];
  const unsigned = new Set<string>();
  for (const file of await listPolicyTests(tests)) {
    const read = await readPolicyTest(tests, file);
    if ('errors' in read) {
      results.push({ file, title: undefined, cases: [], errors: read.errors });
      continue;
    }
    const { title, definitions } = read.test;
    try {
      const from = path.resolve(tests, path.dirname(file), definitions);
      const defined = await readDefinedRegister(from, makeDefinitionRules(catalogue));
      for (const id of defined.unsigned) unsigned.add(id);
      results.push({ file, title, ...(await runFile(read, { defined, catalogue, decisions })) });
    } catch (error) {
      results.push({ file, title, cases: [], errors: definitionErrors(error, read) });
    }
  }
  return { policyVersion: decisions.policies.version, files: results, unsigned: [...unsigned].toSorted() };
}

/** What is wrong with the definitions that a file names. @throws anything else */
function definitionErrors(error: unknown, { file, lineOf }: PolicyTestFile): DefinitionError[] {
  const at = { file, line: lineOf(['definitions']) };
  if (error instanceof DefinitionsRefused) {
    return error.errors.map((one) => ({ ...at, reason: `in the definitions, ${formatDefinitionError(one)}` }));
  }
  if (error instanceof StartUpError) return [{ ...at, reason: error.message.replace(/\.$/, '') }];
  throw error;
}

async function runFile(
  { file, test, lineOf }: PolicyTestFile,
  parts: CaseParts,
): Promise<Omit<FileResult, 'file' | 'title'>> {
  const cases: CaseResult[] = [];
  const errors: DefinitionError[] = [];
  for (const [place, one] of test.cases.entries()) {
    const { name } = one;
    const now = new Date(one.now ?? test.now);
    const faults = findCaseFaults(one, now, parts);
    if (test.cases.findIndex((other) => other.name === name) < place) {
      faults.push({ path: ['name'], reason: 'another case has the same name' });
    }
    const decided = faults.length > 0 ? { faults } : await decideCase(one, now, parts);
    if ('faults' in decided) {
      for (const fault of decided.faults) {
        errors.push({ file, line: lineOf(['cases', place, ...fault.path]), reason: nameCase(name) + fault.reason });
      }
    } else cases.push({ name, differences: differencesOf(one.expect, decided) });
  }
  return { cases, errors };
}
