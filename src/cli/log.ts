import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import { readSettings, StartUpError, systemClock } from '../config/index.js';
import type { ErasedDue } from '../retention/index.js';

/** Adds `gatehouse log` with its commands: verify, verify-export, unresolved, time-stamps, erase-due. */
export function addLogCommand(program: Command): void {
  const log = program.command('log').description('the disclosure log');
  log
    .command('verify')
    .description('recompute the whole hash tree from the database and compare it with the signed checkpoints')
    .option('--key <verifier key>', 'C2SP verifier key of the log (default: from GATEHOUSE_KEYS)')
    .option('--checkpoint <file...>', 'signed checkpoints that you kept')
    .action(async (options: { key?: string; checkpoint?: string[] }) => {
      const { verifyLog } = await import('../disclosure-log/index.js');
      const key = await verifierOf(options.key);
      const kept = await Promise.all((options.checkpoint ?? []).map((file) => readFile(file, 'utf8')));
      const { connectForCommand } = await import('./connect.js');
      const dataSource = await connectForCommand();
      try {
        const { entries, checkpoints, findings } = await dataSource.transaction('REPEATABLE READ', async (manager) =>
          verifyLog(
            async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[],
            key,
            kept,
          ),
        );
        console.log(`${entries} entries, ${checkpoints} signed checkpoints.`);
        if (findings.length > 0) {
          throw new StartUpError(['The log does NOT verify:', ...findings.map((one) => `  ${one}`)].join('\n'));
        }
        console.log('The log verifies: every entry, every node and every checkpoint fit together.');
      } finally {
        await dataSource.destroy();
      }
    });
  log
    .command('verify-export')
    .description('verify an export of evidence, offline')
    .argument('<file>', 'JSON Lines, as GET /v1/exports/evidence gave them')
    .requiredOption('--keys <file>', 'public keys of the gateway, as GET /v1/log/keys gave them')
    .action(async (file: string, { keys }: { keys: string }) => {
      const { verifyExportFile } = await import('./verify-export-file.js');
      await verifyExportFile(file, keys);
    });
  log
    .command('unresolved')
    .description('permits of which no outcome is recorded; nothing was released on any of them')
    .action(async () => {
      const { findUnresolved } = await import('../disclosure-log/index.js');
      const { connectForCommand } = await import('./connect.js');
      const dataSource = await connectForCommand();
      try {
        const found = await findUnresolved(
          async <Row>(sql: string, values?: unknown[]) => (await dataSource.query(sql, values)) as Row[],
        );
        for (const { exchangeId, logIndex, recordedAt, requester, supplier } of found) {
          console.log(
            `${recordedAt.toISOString()}  entry ${logIndex}  ${exchangeId}  ${requester} asked ${supplier ?? '-'}`,
          );
        }
        console.log(
          found.length === 0 ? 'Every permit has its outcome.' : `${found.length} permits without an outcome.`,
        );
      } finally {
        await dataSource.destroy();
      }
    });
  log
    .command('time-stamps')
    .description('the time-stamps over checkpoints, each verified against TIME_STAMP_AUTHORITIES')
    .option('--key <verifier key>', 'C2SP verifier key of the log (default: from GATEHOUSE_KEYS)')
    .option('--to <folder>', 'write each there as files, for other programs')
    .action(async (options: { key?: string; to?: string }) => {
      const key = await verifierOf(options.key);
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

async function verifierOf(text: string | undefined) {
  const { readVerifierKey } = await import('../disclosure-log/index.js');
  if (text !== undefined) {
    try {
      return readVerifierKey(text);
    } catch {
      throw new StartUpError('The key given with --key is not a C2SP verifier key for Ed25519.');
    }
  }
  const settings = readSettings(process.env);
  const { readGatewayKeys } = await import('../keys/index.js');
  const { log } = await readGatewayKeys(settings.keysFolder);
  return { name: settings.logName, key: log.publicKey };
}
