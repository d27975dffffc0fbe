import { openCheckpointAside, type NoteKey } from '../tree/checkpoint.js';
import type { Find } from './finding.js';
import type { StoredNote } from './log-source.js';
import type { RecomputedTree } from './recomputed-tree.js';

/** A root that the log's key signed. */
export interface SignedRoot {
  readonly size: number;
  readonly root: Buffer;
  /** Which of the kept checkpoints, from 1; `undefined` for one of the log's own. */
  readonly kept?: number;
}

const named = ({ kept }: SignedRoot): string => (kept === undefined ? 'checkpoint' : `kept checkpoint ${kept}`);

/** Holds what the log's key signed against the tree that the entries make. */
export class CheckpointChecks {
  private checked = 0;
  private newest = 0;
  /** Size of the largest tree that was signed as the entries make it. */
  private fits = 0;
  /** The first that signs another tree, of all and of the log's own, and how many more of these there are. */
  private misfit: SignedRoot | undefined;
  private ownMisfits = 0;

  private constructor(
    private readonly key: NoteKey,
    private readonly find: Find,
    private kept: readonly SignedRoot[],
  ) {}

  /** @param notes checkpoints that somebody else kept */
  static async with(notes: readonly string[], key: NoteKey, find: Find): Promise<CheckpointChecks> {
    const kept: SignedRoot[] = [];
    for (const [place, note] of notes.entries()) {
      const opened = await openCheckpointAside(note, key);
      if (opened) kept.push({ size: opened.size, root: opened.root, kept: place + 1 });
      else find('checkpoint-not-signed', `The kept checkpoint ${place + 1} is not one that the log's key signed.`);
    }
    return new CheckpointChecks(key, find, kept);
  }

  get count(): number {
    return this.checked;
  }

  /** The sizes of which the root is needed while a page is read. */
  sizes(own: readonly StoredNote[]): Set<number> {
    return new Set([...own, ...this.kept].map(({ size }) => size));
  }

  /** Those of the log's own that its key signed. Signatures are verified on other threads meanwhile. */
  async open(own: readonly StoredNote[]): Promise<SignedRoot[]> {
    const opened = await Promise.all(own.map(({ note }) => openCheckpointAside(note, this.key)));
    return own.filter(({ size, root }, place) => {
      const signed = opened[place];
      const same = signed?.size === size && signed.root.equals(root);
      if (!same) {
        const sentence = `The checkpoint of ${size} entries is not one that the log's key signed.`;
        this.find('checkpoint-not-signed', sentence, { treeSize: size });
      }
      return same;
    });
  }

  /** Compares the log's own, and the kept ones whose size was reached. */
  compare(own: readonly SignedRoot[], tree: RecomputedTree): void {
    const reached = [...own, ...this.kept.filter(({ size }) => size <= tree.size)];
    this.kept = this.kept.filter(({ size }) => size > tree.size);
    for (const signed of reached.toSorted((one, other) => one.size - other.size)) this.compareOne(signed, tree);
  }

  /** After the last entry. */
  finish(tree: RecomputedTree): void {
    for (const signed of this.kept) this.compareOne(signed, tree);
    if (this.ownMisfits > 1) {
      const sentence = `${this.ownMisfits - 1} later checkpoints sign other trees than the entries make.`;
      this.find('checkpoint-of-another-tree', sentence);
    }
    if (this.misfit && this.misfit.size <= this.fits) {
      const sentence = `The log was forked: its key signed a tree of ${this.misfit.size} entries, and one of ${this.fits} that does not begin with it.`;
      this.find('forked', sentence, { treeSize: this.misfit.size });
    }
    if (this.newest < tree.size) {
      const entries = [this.newest, tree.size - 1] as const;
      this.find('entry-not-signed', `No checkpoint signs the entries from ${this.newest} on.`, { entries });
    }
  }

  private compareOne(signed: SignedRoot, tree: RecomputedTree): void {
    this.newest = Math.max(this.newest, signed.size);
    const root = tree.rootOf(signed.size);
    if (root === 'unknown') return;
    if (root === 'beyond') {
      const sentence = `The ${named(signed)} signs ${signed.size} entries; there are ${tree.size}.`;
      return this.find('checkpoint-beyond-the-log', sentence, { treeSize: signed.size });
    }
    if (root === 'passed') {
      const sentence = `The checkpoint of ${signed.size} entries stands after later ones.`;
      return this.find('checkpoint-out-of-order', sentence, { treeSize: signed.size });
    }
    this.checked += 1;
    if (root.equals(signed.root)) this.fits = Math.max(this.fits, signed.size);
    else this.noteMisfit(signed);
  }

  private noteMisfit(signed: SignedRoot): void {
    this.misfit ??= signed;
    if (signed.kept === undefined && ++this.ownMisfits > 1) return;
    const until = this.fits > 0 && this.fits < signed.size ? `; the first ${this.fits} are as they were signed` : '';
    const sentence = `The ${named(signed)} of ${signed.size} entries signs another tree than the entries make${until}.`;
    this.find('checkpoint-of-another-tree', sentence, { treeSize: signed.size });
  }
}
