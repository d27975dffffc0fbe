import { readSettings, systemClock } from '../../src/config/index.js';
import { readGatewayKeys } from '../../src/keys/index.js';
import { startGateway, type Gateway } from '../../src/main.js';
import { Log } from '../../src/observability/index.js';
import { answerParent } from '../in-child.js';

/** What the gateway is started with, by the names of its settings; everything else is its default. */
export interface GatewayInput {
  readonly PORT: string;
  readonly PUBLIC_URL: string;
  readonly DATABASE_URL: string;
  readonly LOG_NAME: string;
  readonly GATEHOUSE_VAR: string;
}

let gateway: Gateway | undefined;

/** The gateway as it is served: nothing turned off, its log lines written. */
answerParent({
  start: async (input: GatewayInput) => {
    const settings = readSettings({ ...input });
    gateway = await startGateway({
      settings: { ...settings, databaseUrl: input.DATABASE_URL, publicUrl: input.PUBLIC_URL },
      keys: await readGatewayKeys(settings.keysFolder),
      clock: systemClock,
      log: new Log(settings.logLevel, systemClock),
    });
    return gateway.url;
  },
  stop: async () => gateway?.close(),
});
