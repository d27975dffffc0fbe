import {
  EMPTY_ROOT,
  openNote,
  readCheckpoint,
  verifyConsistency,
  type Checkpoint,
  type NoteKey,
} from '../disclosure-log/index.js';

/** What a log sends to a witness: C2SP `tlog-witness`, body of `add-checkpoint`. */
export interface AddCheckpoint {
  /** Size of the tree that the log believes the witness cosigned last; 0 for none. */
  readonly oldSize: number;
  /** Consistency proof from there (RFC 6962 section 2.1.2). */
  readonly proof: readonly Buffer[];
  /** Signed note. */
  readonly note: string;
}

/** The tree of a log that a witness cosigned last. */
export interface Cosigned {
  readonly size: number;
  readonly root: Buffer;
}

/** What a witness does with a checkpoint. Only 200 may be cosigned, once it is remembered. The rest are answers as they are. */
export type Verdict =
  | { readonly status: 200; readonly text: string; readonly checkpoint: Checkpoint }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 };

/** Most lines of a proof. */
const MOST_HASHES = 63;

/** Every tree is consistent with the empty one. */
const NOTHING: Cosigned = { size: 0, root: EMPTY_ROOT };

export function writeAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  return [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64')), '', note].join('\n');
}

/** Reads the body of `add-checkpoint`; `undefined` when it is none. Does NOT look into the note. */
export function readAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n');
  const [old = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
  const oldSize = Number(/^old (0|[1-9]\d{0,15})$/.exec(old)?.[1] ?? NaN);
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const isProof = proof.every((hash, place) => hash.length === 32 && hash.toString('base64') === lines[place]);
  if (!Number.isSafeInteger(oldSize) || !isProof || proof.length > MOST_HASHES) return undefined;
  return { oldSize, proof, note: body.slice(end + 2) };
}

/** The log that a note says it is of: its first line. Nobody has verified it. */
export const originOf = (note: string): string => note.slice(0, Math.max(note.indexOf('\n'), 0));

/**
 * Judges a checkpoint that a log sent, in the order of the specification.
 *
 * INVARIANT: 7. 200 only if a key of that log signed it and it is consistent with `latest`, so whoever remembers each before
 * cosigning it never cosigns two histories of one log.
 *
 * @param keys of the logs that this witness knows; the name of each is the log's origin
 * @param latest what was cosigned last of the log that {@link originOf} names; `undefined` for nothing
 */
export function judgeCheckpoint(
  { oldSize, proof, note }: AddCheckpoint,
  keys: readonly NoteKey[],
  latest: Cosigned | undefined,
): Verdict {
  const known = keys.filter(({ name }) => name === originOf(note));
  if (known.length === 0) return { status: 404 };
  const text = known.map((key) => openNote(note, key)).find((opened) => opened !== undefined);
  if (text === undefined) return { status: 403 };
  const checkpoint = readCheckpoint(text);
  if (!checkpoint || oldSize > checkpoint.size) return { status: 400 };
  const { size, root } = latest ?? NOTHING;
  const forked = checkpoint.size === size && !checkpoint.root.equals(root);
  if (oldSize !== size || forked) return { status: 409, size };
  if (!verifyConsistency(size, checkpoint.size, root, checkpoint.root, proof)) return { status: 422 };
  return { status: 200, text, checkpoint };
}
