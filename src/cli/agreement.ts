import type { Command } from 'commander';
import type { DefinitionRules } from '../definitions/index.js';

/** What the commands are given by the program that they are part of. */
export interface AgreementCommandParts {
  rules(): Promise<DefinitionRules>;
  /** The current instant. */
  now(): Date;
}

/** Adds `gatehouse agreement lint | sign | verify`. */
export function addAgreementCommand(program: Command, parts: AgreementCommandParts): void {
  const agreement = program.command('agreement').description('check, sign and verify information sharing agreements');
  const definitions = [
    '--definitions <folder>',
    'folder that defines the agencies and data services; default: where it lies',
  ] as const;
  agreement
    .command('lint')
    .description('say what a good officer would say about agreements')
    .argument('<file or folder>')
    .option(...definitions)
    .action(async (target: string, options: { definitions?: string }) => {
      const { lintFiles } = await import('./lint-agreement-files.js');
      finish(await lintFiles(target, options.definitions, await parts.rules(), parts.now()));
    });
  agreement
    .command('sign')
    .description('sign an agreement for one party; the signature is added to <file>.signatures.json')
    .argument('<file>')
    .requiredOption('--agency <id>', 'the party that signs')
    .requiredOption('--key <file>', 'its private key, a JSON Web Key with its kid')
    .action(async (file: string, options: { agency: string; key: string }) => {
      const { signFile } = await import('./sign-agreement-file.js');
      finish(await signFile(file, options.agency, options.key));
    });
  agreement
    .command('verify')
    .description('say whether every party has signed exactly this agreement')
    .argument('<file>')
    .option(...definitions)
    .action(async (file: string, options: { definitions?: string }) => {
      const { verifyFile } = await import('./verify-agreement-file.js');
      finish(await verifyFile(file, options.definitions));
    });
}

/** What a command has to say, and whether all is well. */
export interface AgreementReport {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

function finish({ lines, ok }: AgreementReport): void {
  console.log(lines.join('\n'));
  if (!ok) process.exitCode = 1;
}
