import type { Command } from 'commander';
import { readSettings, systemClock } from '../config/index.js';

/** Adds `gatehouse disclosures rebuild`. */
export function addDisclosuresCommand(program: Command): void {
  const disclosures = program.command('disclosures').description('what officers search of the disclosure log');
  disclosures
    .command('rebuild')
    .description('make the tables that officers search anew from the disclosure log; searches wait until it is done')
    .action(async () => {
      const { DisclosureProjection } = await import('../disclosures/disclosures.module.js');
      const { Log } = await import('../observability/index.js');
      const { connectForCommand } = await import('./connect.js');
      const dataSource = await connectForCommand();
      try {
        const log = new Log(readSettings(process.env).logLevel, systemClock);
        const size = await new DisclosureProjection(dataSource, log).rebuild((entries) => {
          console.error(`${entries} entries`);
        });
        console.log(`The tables hold what the first ${size} entries of the log say.`);
      } finally {
        await dataSource.destroy();
      }
    });
}
