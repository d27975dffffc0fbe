import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PrivateKey } from '../../sdk/index.js';
import { readSettings, StartUpError } from '../config/index.js';

/** Adds `gatehouse headers <method> <path>`: what curl needs to send one request as a system or officer. */
export function addHeadersCommand(program: Command): void {
  program
    .command('headers')
    .description('print the headers of one request: an access token and a DPoP proof, good once and for 60 seconds')
    .argument('<method>', 'e.g. POST')
    .argument('<path>', 'e.g. /v1/queries')
    .requiredOption('--as <client id>', 'the system or officer that asks')
    .option('--key <file>', 'its private key as JWK (default: the sandbox’s, in GATEHOUSE_VAR)')
    .option('--url <url>', 'public URL of the gateway (default: PUBLIC_URL, or HOST and PORT)')
    .action(async (method: string, target: string, options: { as: string; key?: string; url?: string }) => {
      const { GatehouseClient, GatehouseUnreachable, TokenRefused } = await import('../../sdk/index.js');
      const settings = readSettings(process.env);
      const keyFile = options.key ?? path.join(settings.varFolder, 'sandbox', `${options.as}.jwk.json`);
      const baseUrl = options.url ?? settings.publicUrl ?? `http://${settings.host}:${settings.port}`;
      const privateKey = await readKey(keyFile);
      try {
        const client = new GatehouseClient({ baseUrl, clientId: options.as, privateKey });
        const headers = await client.headersFor(method, target);
        for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
      } catch (error) {
        const expected = [GatehouseUnreachable, TokenRefused, TypeError].some((kind) => error instanceof kind);
        throw expected ? new StartUpError((error as Error).message, { cause: error }) : error;
      }
    });
}

async function readKey(file: string): Promise<PrivateKey> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as PrivateKey;
  } catch {
    throw new StartUpError(
      `There is no private key in ${file}: name a system or officer of the sandbox with --as, or give --key.`,
    );
  }
}
