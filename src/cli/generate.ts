import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectFolder, StartUpError } from '../config/index.js';

/** Adds `gatehouse generate [--check]`: what is committed and made from the code. */
export function addGenerateCommand(program: Command): void {
  program
    .command('generate')
    .description('write schemas/openapi.json and sdk/generated from the code')
    .option(
      '--check',
      'write nothing; fail when they differ, when the description has gaps, or when a code is undocumented',
    )
    .action(async ({ check = false }: { check?: boolean }) => {
      const { describeGateway } = await import('../main.js');
      const { openApiShortcomings, writeGenerated } = await import('../api-contract/index.js');
      const { undocumentedCodes } = await import('../operations/index.js');
      const document = await describeGateway();
      const differing = await writeGenerated(projectFolder(), document, check);
      const errors = await readFile(path.join(projectFolder(), 'docs', 'errors.md'), 'utf8');
      const complaints = [
        ...openApiShortcomings(document),
        ...undocumentedCodes(errors).map((code) => `docs/errors.md has no complete entry for ${code}.`),
        ...(check ? differing.map((file) => `${file} is not what the code makes: run "npm run generate".`) : []),
      ];
      if (complaints.length > 0) throw new StartUpError(complaints.join('\n'));
      console.log(
        check
          ? 'What is generated is up to date.'
          : `Written: ${differing.join(', ') || 'nothing, all was up to date'}.`,
      );
    });
}
