import { hash } from 'node:crypto';

/**
 * The hash tree of RFC 6962 section 2.1 over SHA-256, in its pure parts: no storage, no clock. Sizes and indexes are
 * non-negative safe integers; hashes are 32 bytes.
 */

/** A node of a complete subtree: `level` 0 is a leaf; node `index` at `level` covers leaves `index * 2^level` onwards. */
export interface NodePosition {
  readonly level: number;
  readonly index: number;
}

/** SHA-256. Quicker than Node is when asked for a buffer, and a log is hashed by the million. */
export const sha256 = (data: Uint8Array | string): Buffer => Buffer.from(hash('sha256', data, 'binary'), 'binary');

/** MTH of one leaf: SHA-256(0x00 || data). */
export const hashLeaf = (data: Uint8Array): Buffer => sha256(Buffer.concat([Buffer.of(0), data]));

/** MTH of an inner node: SHA-256(0x01 || left || right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  NODE.set(left, 1);
  NODE.set(right, 33);
  return sha256(NODE);
}

/** What a node is hashed from. Used again for each, since hashing is synchronous and proofs hash dozens. */
const NODE = Buffer.alloc(65, 1);

/** MTH of the empty tree: SHA-256(""). */
export const EMPTY_ROOT: Buffer = sha256('');

/** The complete subtrees that make up a tree of `size` leaves, left to right. */
export function peaksOf(size: number): NodePosition[] {
  const peaks: NodePosition[] = [];
  let start = 0;
  for (let level = size > 0 ? Math.ceil(Math.log2(size)) : -1; level >= 0; level--) {
    const width = 2 ** level;
    if (start + width <= size) {
      peaks.push({ level, index: start / width });
      start += width;
    }
  }
  return peaks;
}

/** Root of the tree whose complete subtrees, left to right, have these hashes. */
export function rootOfPeaks(peaks: readonly Uint8Array[]): Buffer {
  if (peaks.length === 0) return EMPTY_ROOT;
  return peaks.reduceRight<Buffer | undefined>(
    (right, left) => (right ? hashNode(left, right) : Buffer.from(left)),
    undefined,
  )!;
}

/**
 * What an inclusion proof of leaf `index` in a tree of `size` leaves consists of, leaf upwards: each element is one or
 * more complete subtrees whose peaks are combined with {@link rootOfPeaks}.
 */
export function inclusionPath(index: number, size: number): NodePosition[][] {
  const path: NodePosition[][] = [];
  let start = 0;
  let end = size;
  // Walks from the root down to the leaf; each step's other side is one element of the proof.
  while (end - start > 1) {
    const split = start + largestPowerOfTwoBelow(end - start);
    if (index < split) {
      path.push(subtrees(split, end));
      end = split;
    } else {
      path.push(subtrees(start, split));
      start = split;
    }
  }
  return path.reverse();
}

/**
 * What a consistency proof between the trees of the first `from` and the first `to` leaves consists of (RFC 6962 section
 * 2.1.2), in the form of {@link inclusionPath}. Empty when `from` is 0 or `to`: there is nothing to prove then.
 *
 * @throws RangeError when `from` is more than `to`
 */
export function consistencyPath(from: number, to: number): NodePosition[][] {
  if (from > to) throw new RangeError('a tree is not consistent with a smaller one');
  if (from === 0) return [];
  const path: NodePosition[][] = [];
  let start = 0;
  let end = to;
  // Walks from the root down the right edge of the smaller tree, until all that is left belongs to it.
  while (end !== from) {
    const split = start + largestPowerOfTwoBelow(end - start);
    if (from <= split) {
      path.push(subtrees(split, end));
      end = split;
    } else {
      path.push(subtrees(start, split));
      start = split;
    }
  }
  // What is left from the first leaf on is the smaller tree itself, whose root the verifier has.
  if (start > 0) path.push(subtrees(start, end));
  return path.reverse();
}

/** The complete subtrees that cover leaves `start` (inclusive) to `end` (exclusive), `start` being where a subtree begins. */
function subtrees(start: number, end: number): NodePosition[] {
  return peaksOf(end - start).map(({ level, index }) => ({ level, index: start / 2 ** level + index }));
}

/**
 * Verifies an inclusion proof (RFC 9162 section 2.1.3.2, which RFC 6962 section 2.1.1 defines).
 * Does NOT check that the root is one that the log signed.
 */
export function verifyInclusion(
  index: number,
  size: number,
  leafHash: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hashed: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hashed = hashNode(sibling, hashed);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hashed = hashNode(hashed, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && Buffer.compare(hashed, root) === 0;
}

/**
 * Verifies that the tree of `to` leaves with root `toRoot` begins with the tree of `from` leaves with root `fromRoot` (RFC
 * 9162 section 2.1.4.2). A tree is consistent with itself, and every tree with the empty one, by an empty proof.
 * Does NOT check that the roots are ones that the log signed.
 */
export function verifyConsistency(
  from: number,
  to: number,
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to) return false;
  if (from === to) return proof.length === 0 && Buffer.compare(fromRoot, toRoot) === 0;
  if (from === 0) return proof.length === 0 && Buffer.compare(fromRoot, EMPTY_ROOT) === 0;
  let node = from - 1;
  let last = to - 1;
  const up = (): void => {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  };
  while (node % 2 === 1) up();
  // A smaller tree that is one complete subtree begins the way up itself; otherwise its last complete subtree does.
  const [first, ...rest] = node === 0 ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let smaller: Uint8Array = first;
  let larger: Uint8Array = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      smaller = hashNode(sibling, smaller);
      larger = hashNode(sibling, larger);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      larger = hashNode(larger, sibling);
    }
    up();
  }
  return last === 0 && Buffer.compare(smaller, fromRoot) === 0 && Buffer.compare(larger, toRoot) === 0;
}

/**
 * A tree that grows at its right edge and remembers only that edge: the hashes of its complete subtrees.
 */
export class GrowingTree {
  /** Hash of each complete subtree, left to right, as {@link peaksOf} lists them. */
  private readonly edge: { level: number; hash: Buffer }[];
  /** Of the tree as it is now, once it was asked for. */
  private rootNow: Buffer | undefined;

  /** @param peaks hashes of the complete subtrees of a tree of `size` leaves, left to right */
  constructor(
    private leaves: number,
    peaks: readonly Buffer[],
  ) {
    this.edge = peaksOf(leaves).map(({ level }, place) => ({ level, hash: peaks[place]! }));
  }

  get size(): number {
    return this.leaves;
  }

  /** Position and hash of each complete subtree of the right edge. */
  peaks(): (NodePosition & { hash: Buffer })[] {
    return peaksOf(this.leaves).map((position, place) => ({ ...position, hash: this.edge[place]!.hash }));
  }

  root(): Buffer {
    this.rootNow ??= rootOfPeaks(this.edge.map((peak) => peak.hash));
    return this.rootNow;
  }

  copy(): GrowingTree {
    return new GrowingTree(
      this.leaves,
      this.edge.map((peak) => peak.hash),
    );
  }

  /** Adds a leaf hash; returns every node above level 0 that it completed. */
  add(leafHash: Buffer): (NodePosition & { hash: Buffer })[] {
    const completed: (NodePosition & { hash: Buffer })[] = [];
    let node = { level: 0, hash: leafHash };
    let index = this.leaves;
    this.leaves += 1;
    this.rootNow = undefined;
    for (let left = this.edge.at(-1); left && left.level === node.level; left = this.edge.at(-1)) {
      this.edge.pop();
      index = (index - 1) / 2;
      node = { level: node.level + 1, hash: hashNode(left.hash, node.hash) };
      completed.push({ ...node, index });
    }
    this.edge.push(node);
    return completed;
  }
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
