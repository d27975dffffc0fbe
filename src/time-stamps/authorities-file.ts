import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { StartUpError } from '../config/index.js';

/** An RFC 3161 authority that time-stamps this log's checkpoints. */
export interface TimeStampingAuthority {
  /** Its name in the settings, which stands beside its time-stamps. */
  readonly id: string;
  /** Where it is asked over HTTP (RFC 3161 section 3.4). */
  readonly url: string;
  /** Root certificates that its own must chain up to, DER. */
  readonly trusted: readonly Buffer[];
}

const ID = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/**
 * Reads the file of `TIME_STAMP_AUTHORITIES`, YAML: a list of `name`, `url` (http or https) and `certificates`, a PEM file
 * of root certificates beside it.
 * @throws StartUpError naming the entry
 */
export function readAuthoritiesFile(file: string | undefined): TimeStampingAuthority[] {
  if (file === undefined) return [];
  const entries = readYaml(file);
  if (!Array.isArray(entries)) throw new StartUpError('The file of TIME_STAMP_AUTHORITIES must hold a list.');
  const authorities = entries.map((entry: unknown, place) => readEntry(entry, place + 1, path.dirname(file)));
  if (new Set(authorities.map(({ id }) => id)).size < authorities.length) {
    throw new StartUpError('The file of TIME_STAMP_AUTHORITIES names an authority twice.');
  }
  return authorities;
}

function readEntry(entry: unknown, place: number, folder: string): TimeStampingAuthority {
  const fail = (wanted: string): StartUpError =>
    new StartUpError(`Entry ${place} of the file of TIME_STAMP_AUTHORITIES needs ${wanted}.`);
  const { name, url, certificates, ...more } = Object(entry) as Record<string, unknown>;
  if (Object.keys(more).length > 0) throw fail('name, url and certificates, and nothing else');
  if (typeof name !== 'string' || !ID.test(name)) throw fail('a name of lower-case letters, digits, dots and hyphens');
  if (typeof url !== 'string' || !URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw fail('an http or https url');
  }
  if (typeof certificates !== 'string') throw fail('certificates, a PEM file');
  try {
    const trusted = certificatesOf(readFileSync(path.resolve(folder, certificates), 'utf8'));
    if (trusted.length === 0) throw new Error('no certificate');
    return { id: name, url, trusted };
  } catch (error) {
    throw new StartUpError(`The certificates of ${name} in TIME_STAMP_AUTHORITIES cannot be read.`, { cause: error });
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

const certificatesOf = (text: string): Buffer[] => (text.match(PEM) ?? []).map((pem) => new X509Certificate(pem).raw);

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartUpError('The file of TIME_STAMP_AUTHORITIES cannot be read.', { cause: error });
  }
}
