import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import type { Applied, ApplyOptions } from '../definitions/index.js';

/** What the command is given by the program that it is part of. */
export interface ApplyCommandParts {
  /** A connection to the gateway's database; closed by the command. */
  connect(): Promise<DataSource>;
  /** Everything that applying needs beside the folder. */
  options(): Promise<Omit<ApplyOptions, 'prune'>>;
}

/** Adds `gatehouse apply <folder> [--prune]`. */
export function addApplyCommand(program: Command, parts: ApplyCommandParts): void {
  program
    .command('apply')
    .description('make the register say what a folder of definitions says: all of it, or nothing')
    .argument('<folder>', 'folder with agencies, systems, data services and agreements in YAML or JSON')
    .option('--prune', 'remove agencies, systems and data services that the folder does not hold', false)
    .action(async (folder: string, { prune }: { prune: boolean }) => {
      const options = await parts.options();
      const dataSource = await parts.connect();
      try {
        console.log(await applyAndDescribe(dataSource, folder, { ...options, prune }));
      } finally {
        await dataSource.destroy();
      }
    });
}

/**
 * Applies a folder and says what came of it.
 * @throws DefinitionsRefused whose message lists every error as `file:line: reason`
 */
export async function applyAndDescribe(dataSource: DataSource, folder: string, options: ApplyOptions): Promise<string> {
  const { applyDefinitions } = await import('../definitions/index.js');
  return describeApplied(await applyDefinitions(dataSource, folder, options));
}

/** What was done, what was kept and what is worth a remark, as lines for a person. */
export function describeApplied({ revision, changes, kept, warnings }: Applied): string {
  const lines = changes.length === 0 ? [`Nothing to change. The register is at revision ${revision}.`] : [];
  if (changes.length > 0)
    lines.push(`The register is now at revision ${revision}:`, ...changes.map((one) => `  ${one}`));
  if (kept.length > 0) {
    lines.push('Not in the folder, and kept (--prune removes what can be removed):', ...kept.map((one) => `  ${one}`));
  }
  if (warnings.length > 0) lines.push('Worth a look:', ...warnings.map((one) => `  ${one}`));
  return lines.join('\n');
}
