import { inclusionPath, rootOfPeaks, type NodePosition } from './tree/merkle-tree.js';
import { readNodes, type Query } from './tree-state.js';

/**
 * Inclusion proofs of many entries in the tree of one size, leaf upwards, in the order of `indexes`. Every node that several
 * of them share is read once.
 *
 * Does NOT check that the proofs hold (see `verifyInclusion`), or that anybody signed a tree of this size.
 *
 * @param size size of the tree, at most that of the log; every index is below it
 * @throws LogDamaged when a node is missing
 */
export async function readInclusionProofs(
  query: Query,
  indexes: readonly number[],
  size: number,
): Promise<readonly Buffer[][]> {
  const paths = indexes.map((index) => inclusionPath(index, size));
  const positions = new Map(paths.flat(2).map((position) => [nameOf(position), position]));
  const hashes = await readNodes(query, [...positions.values()]);
  const known = new Map([...positions.keys()].map((name, place) => [name, hashes[place]!]));
  return paths.map((path) => path.map((peaks) => rootOfPeaks(peaks.map((peak) => known.get(nameOf(peak))!))));
}

const nameOf = ({ level, index }: NodePosition): string => `${level}/${index}`;
