import { formatDefinitionError } from '../definitions/index.js';
import { testDecisions, type FileResult, type PolicyTestResult } from '../exchange/index.js';

/** What the command has to say, and whether every case was run and passed. */
export interface PolicyTestReport {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

/** Runs the policy tests of a folder of policies. @throws StartUpError when it has none, or the policies cannot be used */
export const testPolicies = async (folder: string): Promise<PolicyTestReport> =>
  describeTests(await testDecisions(folder));

/** One line per case, what differed below it, and the totals. */
function describeTests({ policyVersion, files, unsigned }: PolicyTestResult): PolicyTestReport {
  const cases = files.flatMap((file) => file.cases);
  const failed = cases.filter(({ differences }) => differences.length > 0).length;
  const errors = files.reduce((count, file) => count + file.errors.length, 0);
  const lines = files.flatMap((file) => [...describeFile(file), '']);
  if (unsigned.length > 0) lines.push(`Taken as signed, though not every party has signed: ${unsigned.join(', ')}.`);
  const counts = [`${cases.length - failed} passed`, `${failed} failed`, counted(errors, 'error')];
  lines.push(
    `${counted(cases.length, 'case')} of ${counted(files.length, 'file')}: ${counts.join(', ')}.`,
    `Policy version ${policyVersion}.`,
  );
  return { lines, ok: cases.length > 0 && failed === 0 && errors === 0 };
}

function describeFile({ file, title, cases, errors }: FileResult): string[] {
  return [
    title === undefined ? file : `${file}: ${title}`,
    ...cases.flatMap(({ name, differences }) => [
      `  ${differences.length === 0 ? 'passed' : 'FAILED'}  ${name}`,
      ...differences.map((difference) => `            ${difference}`),
    ]),
    ...errors.map((error) => `  ERROR   ${formatDefinitionError(error)}`),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
