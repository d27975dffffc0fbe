import type { Command } from 'commander';
import { readSettings } from '../config/index.js';
import { untilStopped } from './until-stopped.js';

/** Adds `gatehouse start`: the sandbox. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('start the gateway with fictional agencies, on an embedded PostgreSQL unless DATABASE_URL is set')
    .action(async () => {
      const { startSandbox } = await import('../../sandbox/start-sandbox.js');
      const settings = readSettings({ LOG_LEVEL: 'warn', ...process.env });
      const stopped = untilStopped();
      const starting = startSandbox({ settings, withPermissions: true });
      const early = await Promise.race([stopped, starting.then(() => undefined)]);
      const sandbox = await starting;
      if (!early) {
        console.log(
          [
            '',
            `Gatehouse is at ${sandbox.url}, with fictional agencies.`,
            '',
            `  API reference   ${sandbox.url}/docs`,
            `  Console         ${sandbox.url}/console`,
            '  Demo            npm run demo      (in another terminal)',
            `  Client keys     ${[...sandbox.clientKeys.values()][0]?.replace(/[^/]+$/, '') ?? settings.varFolder}`,
            ...sandbox.accounts().map((line, place) => `${place === 0 ? '  Officers        ' : ''.padEnd(18)}${line}`),
            '',
            'Ctrl-C stops everything; the next start finds its data again.',
            '',
          ].join('\n'),
        );
        await stopped;
      }
      await sandbox.stop();
    });
}
