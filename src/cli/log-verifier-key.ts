import { readFile } from 'node:fs/promises';
import { readSettings, StartUpError } from '../config/index.js';
import type { NoteKey } from '../disclosure-log/index.js';

/**
 * The key that verifies a log's checkpoints: as given, or the gateway's own.
 * @throws StartUpError when what is given is no key, or, where the gateway's own will not do, none is given
 */
export async function verifierOf(
  given: { readonly key?: string | undefined; readonly keys?: string | undefined },
  orOwn: boolean,
): Promise<NoteKey> {
  const { readVerifierKey } = await import('../disclosure-log/index.js');
  const text = given.key ?? (given.keys === undefined ? undefined : await keyInFile(given.keys));
  if (text !== undefined) {
    try {
      return readVerifierKey(text);
    } catch {
      const where = given.key === undefined ? `in ${given.keys}` : 'given with --key';
      throw new StartUpError(`The key ${where} is not a C2SP verifier key for Ed25519.`);
    }
  }
  if (!orOwn) throw new StartUpError('Say with --keys or --key by which public key the bundle is to be verified.');
  const settings = readSettings(process.env);
  const { readGatewayKeys } = await import('../keys/index.js');
  const { log } = await readGatewayKeys(settings.keysFolder);
  return { name: settings.logName, key: log.publicKey };
}

/** The verifier key in a file: as it is, or as `GET /v1/log/keys` gives it. */
async function keyInFile(file: string): Promise<string> {
  const text = (await readFile(file, 'utf8')).trim();
  if (!text.startsWith('{')) return text;
  try {
    const { checkpoint } = JSON.parse(text) as { checkpoint?: unknown };
    return String(checkpoint);
  } catch {
    return text;
  }
}
