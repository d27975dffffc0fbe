import { openingOf, type EntryText, type Opening } from './tree/commitment.js';
import { inclusionPath, rootOfPeaks, type NodePosition } from './tree/merkle-tree.js';

/** Where the hash of a complete subtree is found. */
export type NodeLookup = (position: NodePosition) => Buffer;

/** An entry that is durably in the log, with what proves it. */
export class Recorded {
  constructor(
    readonly index: number,
    readonly leafHash: Buffer,
    readonly text: EntryText,
    private readonly salt: Buffer,
    /** Size and root of the tree that `checkpoint` signs; the entry is in it. */
    readonly treeSize: number,
    readonly root: Buffer,
    /** C2SP signed note. */
    readonly checkpoint: string,
    private readonly node: NodeLookup,
  ) {}

  /** Inclusion proof in the tree of `treeSize` leaves, leaf upwards. Computed when asked for. */
  inclusionProof(): Buffer[] {
    return inclusionPath(this.index, this.treeSize).map((peaks) => rootOfPeaks(peaks.map(this.node)));
  }

  /** What opens the claims, for a receipt. */
  opening(): Opening {
    return openingOf(this.text, this.salt);
  }
}
