import { readFileSync } from 'node:fs';
import { StartUpError } from '../config/index.js';
import { readVerifierKey, type NoteKey } from '../disclosure-log/index.js';

/** A witness that cosigns this log's checkpoints. */
export interface ConfiguredWitness {
  /** Name and key id, as in its verifier key: with another key it is another witness. */
  readonly id: string;
  readonly key: NoteKey;
  /** Where `add-checkpoint` is. The only address of it that is called. */
  readonly url: string;
}

/**
 * Reads the file of `WITNESSES`: on each line a C2SP verifier key for cosignatures (type 0x04) and the witness's submission
 * prefix, an http or https URL. Empty lines and those that begin with `#` are passed over.
 * @throws StartUpError naming the line
 */
export function readWitnessesFile(file: string | undefined): ConfiguredWitness[] {
  const witnesses = linesOf(file, 'WITNESSES').map(({ text, fail }): ConfiguredWitness => {
    const [key = '', prefix = '', ...rest] = text.split(/\s+/);
    if (rest.length > 0 || !URL.canParse(prefix) || !['http:', 'https:'].includes(new URL(prefix).protocol)) {
      throw fail('a verifier key and an http or https URL');
    }
    const url = `${prefix.replace(/\/+$/, '')}/add-checkpoint`;
    return { id: key.split('+').slice(0, 2).join('+'), key: readKey(key, 'cosignature', fail), url };
  });
  if (new Set(witnesses.map(({ id }) => id)).size < witnesses.length) {
    throw new StartUpError('The file of WITNESSES names a witness twice.');
  }
  return witnesses;
}

/**
 * Reads the file of `WITNESSED_LOGS`: on each line the C2SP verifier key of a log, whose name is the log's origin.
 * @throws StartUpError naming the line
 */
export const readWitnessedLogsFile = (file: string | undefined): NoteKey[] =>
  linesOf(file, 'WITNESSED_LOGS').map(({ text, fail }) => readKey(text, 'note', fail));

type Fail = (wanted: string) => StartUpError;

function readKey(text: string, type: 'note' | 'cosignature', fail: Fail): NoteKey {
  try {
    return readVerifierKey(text, type);
  } catch {
    throw fail(`a C2SP Ed25519 verifier key ${type === 'note' ? 'of a log (type 1)' : 'of a witness (type 4)'}`);
  }
}

function linesOf(file: string | undefined, setting: string): { text: string; fail: Fail }[] {
  if (file === undefined) return [];
  return readText(file, setting)
    .split('\n')
    .map((line, place) => ({
      text: line.trim(),
      fail: (wanted: string) =>
        new StartUpError(`Line ${place + 1} of the file of ${setting} cannot be used: it must hold ${wanted}.`),
    }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

function readText(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartUpError(`The file of ${setting} cannot be read.`);
  }
}
