import type { IndexRange } from '../entries/entry.js';

/** What can be wrong with a log: a closed list, so that a finding can be counted and kept without its sentence. */
export type FindingKind =
  | 'body-changed' // it does not make its leaf, or is not one that a gateway writes
  | 'body-missing' // and no entry says that it was erased
  | 'body-not-erased' // although an entry says that it was
  | 'body-without-entry'
  | 'columns-changed' // what searches use is not what the body says
  | 'facts-changed' // or missing
  | 'erasure-not-understood'
  | 'entry-missing'
  | 'entry-out-of-order' // or there twice
  | 'entry-not-signed' // no checkpoint covers it
  | 'node-changed' // or missing
  | 'node-without-entries'
  | 'checkpoint-not-signed' // by the log's key
  | 'checkpoint-of-another-tree'
  | 'checkpoint-beyond-the-log' // the log was wound back
  | 'checkpoint-out-of-order'
  | 'forked' // the log's key signed two trees
  | 'not-readable' // of a bundle
  | 'more'; // findings that are not told one by one

/** Which part of the log is concerned. */
export interface Concerned {
  readonly entries?: IndexRange;
  /** Size of the tree that a checkpoint is of. */
  readonly treeSize?: number;
}

/** One thing that is wrong with a log. */
export interface Finding extends Concerned {
  readonly kind: FindingKind;
  /** For a reader; names what is concerned. Nothing of a person. */
  readonly sentence: string;
}

/** Told of what is found. */
export type Find = (kind: FindingKind, sentence: string, concerned?: Concerned) => void;
