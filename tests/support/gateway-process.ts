import path from 'node:path';
import { startCommand, type Ended, type RunningCommand } from './command.js';
import { freePort, type TestGateway } from './gateway.js';

/** A replica that runs as a process of its own, as in production, and can be killed. */
export interface GatewayProcess {
  readonly url: string;
  /** Whether it is ready for exchanges, as it says. */
  ready(): Promise<boolean>;
  /** Ends it, by default at once and without a word. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

/**
 * Starts `gatehouse serve` as another replica of a test's gateway, which MUST have an https `PUBLIC_URL`. Does not wait.
 */
export async function startGatewayProcess(gateway: TestGateway): Promise<GatewayProcess> {
  const port = await freePort();
  const command: RunningCommand = startCommand(['serve'], {
    PORT: String(port),
    PUBLIC_URL: gateway.publicUrl,
    GATEHOUSE_VAR: gateway.varFolder,
    GATEHOUSE_KEYS: path.join(gateway.varFolder, 'keys'),
    DATABASE_URL: gateway.sandbox.databaseUrl,
    LOG_LEVEL: 'error',
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async ready() {
      if (command.child.exitCode !== null) throw new Error(`the gateway ended: ${(await command.ended).stderr}`);
      return await fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    async end(signal = 'SIGKILL') {
      command.child.kill(signal);
      return await command.ended;
    },
  };
}
