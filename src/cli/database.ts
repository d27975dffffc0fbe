import type { Command } from 'commander';
import { StartUpError } from '../config/index.js';

/** Adds `gatehouse database prepare`. */
export function addDatabaseCommand(program: Command): void {
  program
    .command('database')
    .description('the database')
    .command('prepare')
    .description('bring the database up to date as its owner, and make the role that the gateway connects with')
    .action(async () => {
      const { DATABASE_OWNER_URL: owner, DATABASE_ROLE: name, DATABASE_ROLE_PASSWORD: password } = process.env;
      const missing = Object.entries({
        DATABASE_OWNER_URL: owner,
        DATABASE_ROLE: name,
        DATABASE_ROLE_PASSWORD: password,
      })
        .filter(([, value]) => !value)
        .map(([setting]) => setting);
      if (!owner || !name || !password) throw new StartUpError(`These settings are missing: ${missing.join(', ')}.`);
      const { prepareDatabase } = await import('../database/index.js');
      await prepareDatabase(owner, { name, password });
      console.log(`The database is up to date. The gateway connects with the role ${name}.`);
    });
}
