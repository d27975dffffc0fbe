import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readGatewayKeys, makeGatewayKeys, type GatewayKeys } from '../../src/keys/index.js';
import { verifierKey } from '../../src/disclosure-log/index.js';
import type { Clock } from '../../src/config/index.js';
import { freePort, startTestGateway, type TestGateway } from './gateway.js';

/** A gateway to be, whose names, keys and address are known before it starts, so that others can name it. */
export interface PlannedGateway {
  readonly url: string;
  readonly keys: GatewayKeys;
  /** C2SP verifier keys: of its log's checkpoints, and of its cosignatures. */
  readonly logKey: string;
  readonly witnessKey: string;
  /** Starts it with these files: what `WITNESSES` and `WITNESSED_LOGS` hold. */
  start(
    of: { witnesses?: string; logs?: string },
    environment?: Record<string, string>,
    clock?: Clock,
  ): Promise<TestGateway>;
  remove(): Promise<void>;
}

export async function planGateway(name: string): Promise<PlannedGateway> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-partner-'));
  const keysFolder = path.join(folder, 'keys');
  await makeGatewayKeys(keysFolder);
  const keys = await readGatewayKeys(keysFolder);
  const port = await freePort();
  const file = async (setting: string, text: string | undefined): Promise<Record<string, string>> => {
    if (text === undefined) return {};
    await writeFile(path.join(folder, setting), text);
    return { [setting]: path.join(folder, setting) };
  };
  return {
    url: `http://127.0.0.1:${port}`,
    keys,
    logKey: verifierKey({ name: `${name}/log`, key: keys.log.publicKey }),
    witnessKey: verifierKey({ name: `${name}/witness`, key: keys.witness.publicKey }, 'cosignature'),
    start: async ({ witnesses, logs }, environment = {}, clock) =>
      await startTestGateway(
        {
          PORT: String(port),
          GATEHOUSE_KEYS: keysFolder,
          LOG_NAME: `${name}/log`,
          WITNESS_NAME: `${name}/witness`,
          ...(await file('WITNESSES', witnesses)),
          ...(await file('WITNESSED_LOGS', logs)),
          ...environment,
        },
        clock,
      ),
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}
