import type { Find } from './finding.js';
import type { LogPage } from './log-source.js';
import { EMPTY_ROOT, GrowingTree, type NodePosition } from '../tree/merkle-tree.js';

type CompletedNode = NodePosition & { readonly hash: Buffer };

/** Bytes of a stored node: its index, then its hash. */
const NODE_BYTES = 40;

/**
 * The tree made anew from leaf hashes, page by page. Once an entry is missing there is no tree from there on, and nothing
 * more is compared.
 */
export class RecomputedTree {
  private readonly tree = new GrowingTree(0, []);
  private next = 0;
  private whole = true;
  /** Roots of this page's sizes that were asked for. */
  private roots = new Map<number, Buffer>([[0, EMPTY_ROOT]]);
  private first = 0;
  private completed: CompletedNode[] = [];

  constructor(
    private readonly find: Find,
    /** Told of entries that are not there. */
    private readonly skip: (first: number, last: number) => void,
  ) {}

  /** How many entries there are, those that are missing between others included. */
  get size(): number {
    return this.next;
  }

  /** Adds the leaves of a page, and hands each entry that is in its place to `check`. */
  addPage(page: LogPage, sizes: ReadonlySet<number>, check: (entry: LogPage['entries'][number]) => void): void {
    this.first = this.next;
    this.completed = [];
    if (this.next > 0) this.roots = new Map();
    const { tree, completed } = this;
    for (const entry of page.entries) {
      if (!this.isInOrder(entry.index)) continue;
      check(entry);
      this.next += 1;
      if (!this.whole) continue;
      const nodes = tree.add(entry.leafHash);
      if (page.nodes && nodes.length > 0) completed.push(...nodes);
      if (sizes.has(this.next)) this.roots.set(this.next, tree.root());
    }
    if (page.nodes && this.whole) this.compareNodes(page.nodes);
  }

  /**
   * The root of the tree of `size` entries: one of those asked for with the last page, `beyond` when there are fewer
   * entries, `unknown` when an earlier one is missing, `passed` when it was not asked for in time.
   */
  rootOf(size: number): Buffer | 'beyond' | 'unknown' | 'passed' {
    const root = this.roots.get(size);
    if (root) return root;
    if (size > this.next) return 'beyond';
    return size > this.tree.size ? 'unknown' : 'passed';
  }

  private isInOrder(index: number): boolean {
    if (index === this.next) return true;
    if (index < this.next) {
      const sentence = `Entry ${index} stands a second time, or after later ones: behind entry ${this.next - 1}.`;
      this.find('entry-out-of-order', sentence, { entries: [index, index] });
      return false;
    }
    const what = index === this.next + 1 ? `Entry ${this.next} is` : `Entries ${this.next} to ${index - 1} are`;
    this.find('entry-missing', `${what} missing; the next one found is ${index}.`, { entries: [this.next, index - 1] });
    this.skip(this.next, index - 1);
    this.next = index;
    this.whole = false;
    return true;
  }

  private compareNodes(stored: ReadonlyMap<number, Buffer>): void {
    for (const [level, made] of this.packCompleted()) {
      const kept = stored.get(level) ?? Buffer.alloc(0);
      if (made.equals(kept)) continue;
      const hashes = new Map(nodesIn(kept));
      for (const [index, hash] of nodesIn(made)) {
        if (hashes.get(index)?.equals(hash)) continue;
        const entries = [index * 2 ** level, (index + 1) * 2 ** level - 1] as const;
        this.find('node-changed', `The node ${index} at level ${level} is missing or changed.`, { entries });
      }
    }
  }

  /** What this page completed, by level, in the form in which it is stored. */
  private packCompleted(): Map<number, Buffer> {
    const levels = new Map<number, Buffer>();
    for (const { level, index, hash } of this.completed) {
      const before = Math.floor(this.first / 2 ** level);
      let packed = levels.get(level);
      if (!packed) {
        packed = Buffer.allocUnsafe((Math.floor(this.next / 2 ** level) - before) * NODE_BYTES);
        levels.set(level, packed);
      }
      const at = (index - before) * NODE_BYTES;
      packed.writeUInt32BE(Math.floor(index / 2 ** 32), at);
      packed.writeUInt32BE(index % 2 ** 32, at + 4);
      packed.set(hash, at + 8);
    }
    return levels;
  }
}

function nodesIn(packed: Buffer): [index: number, hash: Buffer][] {
  return Array.from({ length: packed.length / NODE_BYTES }, (_, place) => {
    const at = place * NODE_BYTES;
    return [packed.readUInt32BE(at) * 2 ** 32 + packed.readUInt32BE(at + 4), packed.subarray(at + 8, at + NODE_BYTES)];
  });
}
