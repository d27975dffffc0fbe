import type { Command } from 'commander';
import path from 'node:path';

/** Adds `gatehouse keys make <folder>` and `gatehouse keys agency <agency> <folder>`. */
export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('the gateway’s own keys, and those that agencies leave with it');
  keys
    .command('make')
    .description('make the keys that a folder lacks; never overwrites one')
    .argument('<folder>', 'folder for GATEHOUSE_KEYS')
    .action(async (folder: string) => {
      const { makeGatewayKeys, readGatewayKeys } = await import('../keys/index.js');
      await makeGatewayKeys(path.resolve(folder));
      await readGatewayKeys(path.resolve(folder));
      console.log(`The keys are in ${path.resolve(folder)}. Keep a copy where only you can reach it.`);
    });
  keys
    .command('agency')
    .description('make a key that the gateway signs agreements with for an agency; never overwrites one')
    .argument('<agency>', 'id of the agency')
    .argument('<folder>', 'folder of GATEHOUSE_KEYS')
    .action(async (agency: string, folder: string) => {
      const { makeAgencyKey } = await import('../keys/index.js');
      const { StartUpError } = await import('../config/index.js');
      const key = await makeAgencyKey(path.resolve(folder), agency).catch((error: Error) => {
        throw new StartUpError(`There is no key for ${agency}: ${error.message}.`, { cause: error });
      });
      console.log('The key is kept. Put its public half among the keys of the agency’s definition, and apply that:');
      console.log(JSON.stringify(key, null, 2));
    });
}
