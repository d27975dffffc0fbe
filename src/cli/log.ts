import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { StartUpError } from '../config/index.js';
import type { Query } from '../disclosure-log/index.js';
import { addEraseDueCommand } from './erase-due.js';
import { verifierOf } from './log-verifier-key.js';
import { progressBar } from './progress-bar.js';
import { addTimeStampsCommand } from './time-stamps.js';

/** Adds `gatehouse log` with its commands. */
export function addLogCommand(program: Command): void {
  const log = program.command('log').description('the disclosure log');
  log
    .command('verify')
    .description('recompute the whole hash tree, and compare it with the signed checkpoints and with every entry')
    .option('--bundle <folder>', 'verify what "gatehouse log export" wrote: needs no database, only the public key')
    .option('--key <verifier key>', 'C2SP verifier key of the log (default: from GATEHOUSE_KEYS)')
    .option('--keys <file>', 'a file with that key, or with the answer of GET /v1/log/keys')
    .option('--checkpoint <file...>', 'signed checkpoints that you kept')
    .option('--json', 'what was found, for a program to read')
    .action(verify);
  log
    .command('export <folder>')
    .description(
      'write the whole log into an empty folder, to be verified anywhere with "gatehouse log verify --bundle"',
    )
    .action(exportTo);
  log
    .command('verify-export')
    .description('verify an export of evidence, offline')
    .argument('<file>', 'JSON Lines, as GET /v1/exports/evidence gave them')
    .requiredOption('--keys <file>', 'public keys of the gateway, as GET /v1/log/keys gave them')
    .action(async (file: string, { keys }: { keys: string }) => {
      const { verifyExportFile } = await import('./verify-export-file.js');
      await verifyExportFile(file, keys);
    });
  addTimeStampsCommand(log);
  addEraseDueCommand(log);
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
}

interface VerifyOptions {
  readonly bundle?: string;
  readonly key?: string;
  readonly keys?: string;
  readonly checkpoint?: string[];
  readonly json?: true;
}

async function verify({ bundle, checkpoint, json, ...keys }: VerifyOptions): Promise<void> {
  const { verifyBundle, verifyLog } = await import('../disclosure-log/index.js');
  const key = await verifierOf(keys, bundle === undefined);
  const kept = await Promise.all((checkpoint ?? []).map((file) => readFile(file, 'utf8')));
  const bar = json ? undefined : progressBar('entries');
  const verification =
    bundle === undefined
      ? await atOneInstant((query) => verifyLog(query, key, kept, bar?.show))
      : await verifyBundle(bundle, key, kept, bar?.show);
  bar?.end();
  const { entries, checkpoints, findings } = verification;
  if (json) {
    console.log(JSON.stringify(verification, undefined, 2));
    if (findings.length > 0) process.exitCode = 1;
    return;
  }
  console.log(`${entries} entries, ${checkpoints} signed checkpoints.`);
  if (findings.length > 0) {
    throw new StartUpError(['The log does NOT verify:', ...findings.map(({ sentence }) => `  ${sentence}`)].join('\n'));
  }
  console.log('The log verifies: every entry, every node and every checkpoint fit together.');
}

async function exportTo(folder: string): Promise<void> {
  const { BundleFolderNotEmpty, exportLog } = await import('../disclosure-log/index.js');
  const bar = progressBar('entries');
  try {
    const { entries, checkpoints } = await atOneInstant((query) => exportLog(query, folder, bar.show));
    bar.end();
    console.log(`${entries} entries and ${checkpoints} checkpoints are in ${folder}.`);
  } catch (error) {
    bar.end();
    if (error instanceof BundleFolderNotEmpty) throw new StartUpError(`${folder} is not empty: name another folder.`);
    throw error;
  }
}

/** Reads the database as of one instant. */
async function atOneInstant<Read>(read: (query: Query) => Promise<Read>): Promise<Read> {
  const { connectForCommand } = await import('./connect.js');
  const dataSource = await connectForCommand();
  try {
    return await dataSource.transaction('REPEATABLE READ', async (manager) =>
      read(async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[]),
    );
  } finally {
    await dataSource.destroy();
  }
}
