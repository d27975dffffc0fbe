import type { Command } from 'commander';
import { readSettings, StartUpError } from '../config/index.js';
import { verifierOf } from './log-verifier-key.js';

/** Adds `gatehouse log time-stamps`. */
export function addTimeStampsCommand(log: Command): void {
  log
    .command('time-stamps')
    .description('the time-stamps over checkpoints, each verified against TIME_STAMP_AUTHORITIES')
    .option('--key <verifier key>', 'C2SP verifier key of the log (default: from GATEHOUSE_KEYS)')
    .option('--to <folder>', 'write each there as files, for other programs')
    .action(async (options: { key?: string; to?: string }) => {
      const key = await verifierOf({ key: options.key }, true);
      const { readAuthoritiesFile } = await import('../time-stamps/index.js');
      const authorities = readAuthoritiesFile(readSettings(process.env).timeStampAuthoritiesFile);
      const { listTimeStamps } = await import('./list-time-stamps.js');
      const { connectForCommand } = await import('./connect.js');
      const dataSource = await connectForCommand();
      try {
        const { lines, faults } = await listTimeStamps(
          async <Row>(sql: string, values?: unknown[]) => (await dataSource.query(sql, values)) as Row[],
          key,
          authorities,
          options.to,
        );
        for (const line of lines) console.log(line);
        if (faults > 0) throw new StartUpError(`${faults} of ${lines.length} time-stamps do NOT verify.`);
        console.log(`${lines.length} time-stamps; each verifies.`);
      } finally {
        await dataSource.destroy();
      }
    });
}
