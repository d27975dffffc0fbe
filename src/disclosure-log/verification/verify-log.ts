import { BodyChecks } from './check-bodies.js';
import { CheckpointChecks } from './check-checkpoints.js';
import type { NoteKey } from '../tree/checkpoint.js';
import type { Find, Finding } from './finding.js';
import { logInBundle } from './log-in-bundle.js';
import { logInDatabase } from './log-in-database.js';
import type { LogSource } from './log-source.js';
import { RecomputedTree } from './recomputed-tree.js';
import type { Query } from '../tree-state.js';

/** What a verification found. `findings` is empty when the log is whole. */
export interface Verification {
  readonly entries: number;
  /** Signed checkpoints that were held against the tree. */
  readonly checkpoints: number;
  readonly findings: readonly Finding[];
}

/** Told now and then how many entries were looked at, of how many that there should be. What it returns is waited for. */
export type Progress = (done: number, of: number) => void | Promise<void>;

/** Findings reported; a log that is wrong everywhere need not say so a million times. */
const MOST_FINDINGS = 100;

/**
 * Verifies the log in the database; as of one instant if `query` runs in a repeatable-read transaction.
 * @see verifySource
 */
export const verifyLog = (
  query: Query,
  key: NoteKey,
  kept: readonly string[] = [],
  progress?: Progress,
): Promise<Verification> => verifySource(logInDatabase(query), key, kept, progress);

/**
 * Verifies an exported bundle. Needs no network and no gateway.
 * @see verifySource
 * @throws Error of the file system when there is no such folder
 */
export const verifyBundle = (
  folder: string,
  key: NoteKey,
  kept: readonly string[] = [],
  progress?: Progress,
): Promise<Verification> => verifySource(logInBundle(folder), key, kept, progress);

/**
 * Recomputes the whole tree from the entries and compares it with every signed checkpoint, every stored node, every body,
 * the archived facts that bodies name, and what entries say of bodies that were erased.
 *
 * Does NOT know of checkpoints that were signed and then removed: hold a checkpoint that you kept against the log for that
 * (`kept`). Does NOT verify the columns of an entry whose body was erased, or times that stand beside the tree.
 *
 * @param kept signed checkpoints that somebody else kept
 */
async function verifySource(
  source: LogSource,
  key: NoteKey,
  kept: readonly string[],
  progress?: Progress,
): Promise<Verification> {
  const findings: Finding[] = [];
  let more = 0;
  const find: Find = (kind, sentence, concerned = {}) => {
    if (findings.length < MOST_FINDINGS) findings.push({ kind, ...concerned, sentence });
    else more += 1;
  };
  const bodies = new BodyChecks(find);
  const tree = new RecomputedTree(find, (first, last) => bodies.skip(first, last));
  const checkpoints = await CheckpointChecks.with(kept, key, find);
  const size = progress ? await source.size() : 0;
  for await (const facts of source.facts()) bodies.addFacts(facts);
  for await (const page of source.pages()) {
    page.damage?.forEach(({ kind, sentence, ...concerned }) => find(kind, sentence, concerned));
    const opening = checkpoints.open(page.checkpoints);
    tree.addPage(page, checkpoints.sizes(page.checkpoints), (entry) => bodies.check(entry));
    checkpoints.compare(await opening, tree);
    await progress?.(tree.size, size);
  }
  bodies.finish();
  checkpoints.finish(tree);
  if (more > 0) findings.push({ kind: 'more', sentence: `There are ${more} more findings.` });
  return { entries: tree.size, checkpoints: checkpoints.count, findings };
}
