import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { readSettings, StartUpError } from '../config/index.js';

/** Adds `gatehouse log verify`, `gatehouse log unresolved` and `gatehouse log time-stamps`. */
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
