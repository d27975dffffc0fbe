import { mkdir, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
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
  readonly LOG_LEVEL: string;
  readonly LOG_VERIFY_HOUR: string;
}

let gateway: Gateway | undefined;

const profiler = new Session();

async function startProfile(): Promise<void> {
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.setSamplingInterval', { interval: 500 });
  await profiler.post('Profiler.start');
}

async function writeProfile({ file }: { file: string }): Promise<void> {
  const { profile } = await profiler.post('Profiler.stop');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(profile));
  profiler.disconnect();
}

/** The gateway as it is served, with the level of its operational log that it is given. There is nothing else to turn off. */
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
  startProfile,
  writeProfile,
  stop: async () => gateway?.close(),
});
