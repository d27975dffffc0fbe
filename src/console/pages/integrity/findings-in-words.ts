import type { FindingKind } from '../../../disclosure-log/index.js';
import type { FullVerification } from '../../../log-integrity/index.js';

/** A finding of a verification as the page tells it. */
export interface ToldFinding {
  readonly what: string;
  /** Which part of the log is concerned. */
  readonly where: string;
}

const WORDS: Readonly<Record<FindingKind, string>> = {
  'body-changed': 'What an entry says was changed',
  'body-missing': 'What an entry says is missing, and nothing says that it was erased',
  'body-not-erased': 'What an entry says is there, although it is said to be erased',
  'body-without-entry': 'There is more than the entries say',
  'columns-changed': 'What searches go by was changed',
  'facts-changed': 'The facts of a decision are missing or were changed',
  'erasure-not-understood': 'An erasure does not say what was erased',
  'entry-missing': 'Entries are missing',
  'entry-out-of-order': 'An entry stands in the wrong place, or twice',
  'entry-not-signed': 'Entries are signed by no checkpoint',
  'node-changed': 'A hash of the tree is missing or was changed',
  'node-without-entries': 'There are hashes of the tree that no entries make',
  'checkpoint-not-signed': 'A checkpoint was not signed by the log’s key',
  'checkpoint-of-another-tree': 'A checkpoint signs another log than there is',
  'checkpoint-beyond-the-log': 'A checkpoint signs more entries than there are: the log was wound back',
  'checkpoint-out-of-order': 'A checkpoint stands in the wrong place',
  forked: 'The log was forked: its key signed two different histories',
  'not-readable': 'Something could not be read',
  more: 'There is more, which is not told one by one',
};

export const tellFinding = ({ kind, entries, treeSize }: FullVerification['findings'][number]): ToldFinding => ({
  what: WORDS[kind],
  where: entries
    ? entriesIn(entries)
    : treeSize === undefined
      ? 'The log'
      : `Checkpoint of ${numbered(treeSize)} entries`,
});

const entriesIn = ([first, last]: readonly [number, number]): string =>
  first === last ? `Entry ${numbered(first)}` : `Entries ${numbered(first)} to ${numbered(last)}`;

const numbered = (count: number): string => count.toLocaleString('en-GB');
