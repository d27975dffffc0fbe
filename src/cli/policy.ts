import type { Command } from 'commander';
import path from 'node:path';
import { projectFolder } from '../config/index.js';
import { addSimulateCommand } from './simulate.js';

/** Adds `gatehouse policy validate`, `gatehouse policy test` and `gatehouse policy simulate`. */
export function addPolicyCommand(program: Command): void {
  const policy = program.command('policy').description('the policies that decide');
  addSimulateCommand(policy);
  policy
    .command('validate')
    .description('check policies, legal bases and purposes as the start-up does')
    .argument('[folder]', 'folder of policies', path.join(projectFolder(), 'consent-policies'))
    .action(async (folder: string) => {
      const { preparePolicies, readPolicyFiles } = await import('../policy/index.js');
      const { readLegalBases } = await import('../legal-bases/index.js');
      const policies = preparePolicies(readPolicyFiles(folder));
      const catalogue = readLegalBases(folder);
      console.log(
        `The policies validate: version ${policies.version}, ${catalogue.all().length} legal bases, ${catalogue.purposes().length} purposes.`,
      );
    });
  policy
    .command('test')
    .description('decide the cases in the folder "tests" of the policies, and report what comes out otherwise')
    .argument('[folder]', 'folder of policies', path.join(projectFolder(), 'consent-policies'))
    .action(async (folder: string) => {
      const { testPolicies } = await import('./test-policies.js');
      const { lines, ok } = await testPolicies(folder);
      console.log(lines.join('\n'));
      if (!ok) process.exitCode = 1;
    });
}
