import canonicalize from 'canonicalize';
import { openCheckpoint, readVerifierKey, type Checkpoint } from '../src/disclosure-log/tree/checkpoint.js';
import { commitDigest, digestOf } from '../src/disclosure-log/tree/commitment.js';
import { hashLeaf, verifyInclusion } from '../src/disclosure-log/tree/merkle-tree.js';
import { isSigned, type LogKeys } from './verify-receipt.js';

/** What a verification of an export of evidence found. */
export interface ExportVerification {
  /** Nothing is wrong with any line, and none is missing. */
  readonly valid: boolean;
  /** What the first line says; absent where that is no heading that the gateway signed. */
  readonly heading?: ExportHeading;
  /** Lines that were read, without the heading. */
  readonly lines: number;
  /** Lines whose claims are in the log word for word. */
  readonly opened: number;
  /** Lines that withhold staff ids of another agency: an entry with their digest is in the log, and the gateway signed what they show. */
  readonly withheld: number;
  /** Lines of entries whose body was erased: their leaf is in the log, and the gateway signed that they were. */
  readonly erased: number;
  /** One sentence each, naming the line; at most 100. */
  readonly findings: readonly string[];
}

/** What an export of evidence is: first line of the file. */
export interface ExportHeading {
  readonly gateway: string;
  readonly agency: string;
  /** RFC 3339, UTC: entries recorded from this instant until before that one. */
  readonly from: string;
  readonly to: string;
  /** Entries of the log that it was made of. */
  readonly treeSize: number;
  /** Lines that follow. */
  readonly total: number;
  /** C2SP signed note. */
  readonly checkpoint: string;
}

const FORM = 'gatehouse-evidence/1';
const TYPE = 'gatehouse-evidence+jws';
const MOST_FINDINGS = 100;

interface Line {
  readonly line: number;
  readonly index: number;
  readonly leafHash: string;
  readonly inclusionProof: readonly string[];
  readonly erased?: true;
  readonly claims?: unknown;
  readonly claimsSalt?: string;
  readonly detailDigest?: string;
  readonly claimsDigest?: string;
  readonly withheld?: readonly string[];
}

/**
 * Verifies an export of evidence offline, line by line, in memory that does not grow with it: that the gateway signed the heading
 * and the log's key its checkpoint; that each line's claims make its leaf, and its leaf is in the tree of that checkpoint; and that
 * no line is missing, double or out of order. A file that was put together from several calls verifies as one.
 *
 * Never throws for what a line holds. Does NOT check that the log still says the same, that the keys are the gateway's (obtain them
 * with care), or, of a line that withholds staff ids, that they were what the digest says: put in what you were told of them, take
 * out `withheld`, `claimsDigest` and `signature`, and the line opens in full.
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  keys: LogKeys,
): Promise<ExportVerification> {
  const findings: string[] = [];
  const find = (sentence: string): void => {
    if (findings.length < MOST_FINDINGS) findings.push(sentence);
  };
  const counts = { opened: 0, withheld: 0, erased: 0 };
  let heading: ExportHeading | undefined;
  let checkpoint: Checkpoint | undefined;
  let read = 0;
  let last = -1;
  let first = true;
  for await (const text of lines) {
    if (first) {
      first = false;
      heading = await readHeading(text, keys);
      checkpoint = heading && openHeading(heading, keys);
      if (!heading) find('The first line is no heading that the gateway signed.');
      else if (!checkpoint) find('The key given has not signed the checkpoint that the heading names.');
      if (!heading || !checkpoint) break;
      continue;
    }
    read += 1;
    const line = parse<Line>(text);
    const proven = checkpoint && line && (await prove(text, line, checkpoint, keys));
    if (!line || !proven) find(`Line ${read} is not as the log and the gateway have it.`);
    else counts[proven] += 1;
    if (line && (line.line !== read || line.index <= last)) find(`Line ${read} is not the one that belongs here.`);
    last = line?.index ?? last;
  }
  if (first) find('The file is empty.');
  if (heading && read !== heading.total)
    find(`There are ${read} lines; the gateway signed that there are ${heading.total}.`);
  return { valid: findings.length === 0, ...(heading && { heading }), lines: read, ...counts, findings };
}

async function readHeading(text: string, keys: LogKeys): Promise<ExportHeading | undefined> {
  const heading = parse<ExportHeading & { export: string }>(text);
  if (heading?.export !== FORM || !(await signedByGateway(text, keys))) return undefined;
  const { gateway, agency, from, to, treeSize, total, checkpoint } = heading;
  return { gateway, agency, from, to, treeSize, total, checkpoint };
}

function openHeading({ checkpoint: note, treeSize }: ExportHeading, keys: LogKeys): Checkpoint | undefined {
  try {
    const checkpoint = openCheckpoint(note, readVerifierKey(keys.checkpoint));
    return checkpoint?.size === treeSize ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

/** In which way a line is proven; undefined where it is not. */
async function prove(
  text: string,
  line: Line,
  { size, root }: Checkpoint,
  keys: LogKeys,
): Promise<'opened' | 'withheld' | 'erased' | undefined> {
  try {
    const leafHash = bytes(line.leafHash);
    if (!verifyInclusion(line.index, size, leafHash, line.inclusionProof.map(bytes), root)) return undefined;
    const { claims, claimsDigest, erased } = line;
    if (claims === undefined) return erased && (await signedByGateway(text, keys)) ? 'erased' : undefined;
    const digest = claimsDigest === undefined ? digestOf(canonicalize(claims) ?? '') : bytes(claimsDigest);
    const opening = { claimsSalt: bytes(line.claimsSalt), detailDigest: bytes(line.detailDigest) };
    if (!hashLeaf(commitDigest(digest, opening)).equals(leafHash)) return undefined;
    if (claimsDigest === undefined) return 'opened';
    return (await signedByGateway(text, keys)) ? 'withheld' : undefined;
  } catch {
    return undefined;
  }
}

/** The signature is detached, over the RFC 8785 form of the line without it, and written in the one way that {@link bytes} asks for. */
async function signedByGateway(text: string, keys: LogKeys): Promise<boolean> {
  const { signature, ...rest } = parse<{ signature?: string }>(text) ?? {};
  const [header, none, value, ...more] = String(signature).split('.');
  if (none !== '' || value === undefined || more.length > 0) return false;
  if (Buffer.from(value, 'base64url').toString('base64url') !== value) return false;
  const body = Buffer.from(canonicalize(rest) ?? '').toString('base64url');
  return await isSigned(`${header}.${body}.${value}`, keys, TYPE);
}

/** @throws TypeError for what is no base64, or is written in another way than the gateway writes it (RFC 4648 section 3.5) */
function bytes(text: string | undefined): Buffer {
  const read = Buffer.from(text ?? '', 'base64');
  if (read.toString('base64') !== (text ?? '')) throw new TypeError('not base64');
  return read;
}

function parse<Value>(text: string): Value | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
}
