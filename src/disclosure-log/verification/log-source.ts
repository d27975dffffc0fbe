import type { Finding } from './finding.js';

/**
 * Where a log is read from to be verified or exported: the database as of one instant, or a bundle. Nothing that it gives
 * is trusted.
 */
export interface LogSource {
  /** How many entries it says that it has, to show progress by. */
  size(): Promise<number>;
  /** The archived facts that entries name, some at a time. */
  facts(): AsyncIterable<readonly StoredFacts[]>;
  /** The entries in order, with what stands beside them, some thousand at a time. The last page may be without entries. */
  pages(): AsyncIterable<LogPage>;
}

/** Consecutive entries, with what is stored of the tree that they make. */
export interface LogPage {
  readonly entries: readonly StoredEntry[];
  /** Checkpoints of sizes up to the last of these entries, ascending; on the last page all that are left. */
  readonly checkpoints: readonly StoredNote[];
  /**
   * Hashes of the subtrees that these entries complete, by level from 1 on: 8 bytes of index (big-endian) and 32 of hash
   * each, ascending. Absent where a source keeps none.
   */
  readonly nodes?: ReadonlyMap<number, Buffer>;
  /** What could not be read, or belongs to no entry. */
  readonly damage?: readonly Finding[];
}

/** An entry as it is kept. */
export interface StoredEntry {
  readonly index: number;
  /** What searches use, beside the body that says the same. */
  readonly kind: string;
  readonly exchangeId: string | null;
  readonly requester: string | null;
  readonly supplier: string | null;
  /** An instant, as the source writes it; beside the tree, and not verified. */
  readonly recordedAt: string;
  readonly leafHash: Buffer;
  /** The three are null together once the body is gone. Texts are RFC 8785. */
  readonly claims: string | null;
  readonly detail: string | null;
  readonly salt: Buffer | null;
}

/** A checkpoint as it is kept: a C2SP signed note, and what it signs once more beside it. */
export interface StoredNote {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  /** An instant, as the source writes it; not verified. */
  readonly signedAt: string;
}

export interface StoredFacts {
  /** SHA-256 over `content`, lower-case hexadecimal. */
  readonly hash: string;
  readonly content: string;
}
