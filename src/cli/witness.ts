import type { Command } from 'commander';
import path from 'node:path';
import { readSettings, StartUpError, systemClock } from '../config/index.js';
import { untilStopped } from './until-stopped.js';

/** Adds `gatehouse witness <folder>`: a witness alone, without a gateway or a database. */
export function addWitnessCommand(program: Command): void {
  program
    .command('witness')
    .description('cosign the checkpoints of the logs in WITNESSED_LOGS, by C2SP tlog-witness, on HOST and PORT')
    .argument('<folder>', 'where its key and its memory are; made at the first start')
    .action(async (folder: string) => {
      const settings = readSettings(process.env);
      if (!process.env['WITNESS_NAME'] || settings.witnessedLogsFile === undefined) {
        throw new StartUpError('A witness needs these settings: WITNESS_NAME, WITNESSED_LOGS.');
      }
      const { readWitnessedLogsFile, serveWitness } = await import('../witnesses/index.js');
      const { Log } = await import('../observability/index.js');
      const stopped = untilStopped();
      const witness = await serveWitness({
        name: settings.witnessName,
        logs: readWitnessedLogsFile(settings.witnessedLogsFile),
        folder: path.resolve(folder),
        host: settings.host,
        port: settings.port,
        clock: systemClock,
        log: new Log(settings.logLevel, systemClock),
      });
      console.log(`The witness is at ${witness.url}. Its key: ${witness.verifierKey}`);
      await stopped;
      await witness.close();
    });
}
