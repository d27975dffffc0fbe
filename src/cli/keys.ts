import type { Command } from 'commander';
import path from 'node:path';

/** Adds `gatehouse keys make <folder>`. */
export function addKeysCommand(program: Command): void {
  program
    .command('keys')
    .description('the gateway’s own keys')
    .command('make')
    .description('make the keys that a folder lacks; never overwrites one')
    .argument('<folder>', 'folder for GATEHOUSE_KEYS')
    .action(async (folder: string) => {
      const { makeGatewayKeys, readGatewayKeys } = await import('../keys/index.js');
      await makeGatewayKeys(path.resolve(folder));
      await readGatewayKeys(path.resolve(folder));
      console.log(`The keys are in ${path.resolve(folder)}. Keep a copy where only you can reach it.`);
    });
}
