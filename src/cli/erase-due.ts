import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { readSettings, systemClock } from '../config/index.js';
import type { ErasedDue } from '../retention/index.js';

/** Adds `gatehouse log erase-due`. */
export function addEraseDueCommand(log: Command): void {
  log
    .command('erase-due')
    .description('erase the bodies of entries whose retention has ended; the gateway does so once a day by itself')
    .option('--dry-run', 'only say what would go')
    .action(async ({ dryRun }: { dryRun?: true }) => {
      const { connectForCommand } = await import('./connect.js');
      const dataSource = await connectForCommand();
      try {
        const { erased, held } = await eraseDueBodies(dataSource, dryRun ?? false);
        for (const [kind, count] of erased) console.log(`${count}  ${kind}`);
        const count = [...erased.values()].reduce((sum, one) => sum + one, 0);
        console.log(dryRun ? `${count} bodies would be erased.` : `${count} bodies were erased.`);
        if (held > 0) console.log(`${held} more are due, and kept by a legal hold.`);
      } finally {
        await dataSource.destroy();
      }
    });
}

/** Signs checkpoints, so it needs the gateway's keys; to look, it needs none. */
async function eraseDueBodies(dataSource: DataSource, dryRun: boolean): Promise<ErasedDue> {
  const { eraseDue } = await import('../retention/index.js');
  const settings = readSettings(process.env);
  const look = { years: settings.logBodyYears, at: systemClock.now() };
  const query = async <Row>(sql: string, values?: unknown[]): Promise<Row[]> => await dataSource.query(sql, values);
  if (dryRun) return await eraseDue(query, look);
  const { BodyEraser } = await import('../disclosure-log/index.js');
  const { readGatewayKeys } = await import('../keys/index.js');
  const keys = await readGatewayKeys(settings.keysFolder);
  const eraser = new BodyEraser({
    databaseUrl: (dataSource.options as { url: string }).url,
    signer: { name: settings.logName, key: keys.log.privateKey },
    clock: systemClock,
  });
  try {
    return await eraseDue(query, { ...look, eraser });
  } finally {
    await eraser.close();
  }
}
