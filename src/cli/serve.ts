import type { Command } from 'commander';
import { readProductionSettings, systemClock } from '../config/index.js';
import { untilStopped } from './until-stopped.js';

/** Adds `gatehouse serve`: the gateway alone, for production. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('start the gateway alone, with the settings of the environment')
    .action(async () => {
      const settings = readProductionSettings(process.env);
      const { readGatewayKeys } = await import('../keys/index.js');
      const keys = await readGatewayKeys(settings.keysFolder);
      const { Log } = await import('../observability/index.js');
      const { startGateway } = await import('../main.js');
      const stopped = untilStopped();
      const log = new Log(settings.logLevel, systemClock);
      const gateway = await startGateway({ settings, keys, clock: systemClock, log });
      log.info('gateway-started', { host: settings.host, port: settings.port });
      const signal = await stopped;
      log.info('gateway-stopping', { signal });
      await gateway.close();
    });
}
