import fc from 'fast-check';
import {
  EMPTY_ROOT,
  GrowingTree,
  hashLeaf,
  hashNode,
  inclusionPath,
  peaksOf,
  rootOfPeaks,
  verifyInclusion,
} from '../../../src/disclosure-log/merkle-tree.js';

/** RFC 6962 section 2.1, word for word: the slow definition that the quick one must agree with. */
function mth(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

/** The reference data of the Certificate Transparency implementations for RFC 6962 (eight leaves). */
const DATA = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function grown(leaves: readonly Buffer[]): { tree: GrowingTree; nodes: Map<string, Buffer> } {
  const tree = new GrowingTree(0, []);
  const nodes = new Map<string, Buffer>();
  leaves.forEach((leaf, index) => {
    nodes.set(`0/${index}`, leaf);
    for (const node of tree.add(leaf)) nodes.set(`${node.level}/${node.index}`, node.hash);
  });
  return { tree, nodes };
}

function prove(index: number, size: number, nodes: ReadonlyMap<string, Buffer>): Buffer[] {
  return inclusionPath(index, size).map((peaks) =>
    rootOfPeaks(peaks.map((peak) => nodes.get(`${peak.level}/${peak.index}`)!)),
  );
}

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) => hashLeaf(Buffer.from(`leaf ${i}`)));

describe('the hash tree', () => {
  it('gives the published roots of RFC 6962 implementations', () => {
    const leaves = DATA.map((hex) => hashLeaf(Buffer.from(hex, 'hex')));
    expect(ROOTS).toEqual(
      leaves.map((_, last) =>
        grown(leaves.slice(0, last + 1))
          .tree.root()
          .toString('hex'),
      ),
    );
    expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has the root that the definition gives, however many leaves it has grown', () => {
    const leaves = leavesOf(200);
    for (let size = 0; size <= 200; size++) {
      expect(
        grown(leaves.slice(0, size))
          .tree.root()
          .equals(mth(leaves.slice(0, size))),
      ).toBe(true);
    }
  });

  it('grows the same from its right edge as from its first leaf', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 60 }), (size, more) => {
        const leaves = leavesOf(size + more);
        const { tree } = grown(leaves.slice(0, size));
        const again = new GrowingTree(
          size,
          tree.peaks().map((peak) => peak.hash),
        );
        for (const leaf of leaves.slice(size)) again.add(leaf);
        return again.root().equals(grown(leaves).tree.root());
      }),
      { numRuns: 50 },
    );
  });

  it('proves every leaf, and proves no other leaf, index, size or root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (size, pick) => {
        const index = pick % size;
        const leaves = leavesOf(size);
        const { tree, nodes } = grown(leaves);
        const proof = prove(index, size, nodes);
        const root = tree.root();
        expect(verifyInclusion(index, size, leaves[index]!, proof, root)).toBe(true);
        expect(verifyInclusion(index, size, hashLeaf(Buffer.from('other')), proof, root)).toBe(false);
        expect(verifyInclusion(index, size, leaves[index]!, proof, hashLeaf(Buffer.from('other')))).toBe(false);
        expect(verifyInclusion(size, size, leaves[index]!, proof, root)).toBe(false);
        expect(verifyInclusion(index, size, leaves[index]!, [...proof, root], root)).toBe(false);
        if (size > 1) expect(verifyInclusion(index, size, leaves[index]!, proof.slice(1), root)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('covers a tree with its peaks, without gap or overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (size) => {
        let end = 0;
        for (const { level, index } of peaksOf(size)) {
          expect(index * 2 ** level).toBe(end);
          end += 2 ** level;
        }
        expect(end).toBe(size);
      }),
    );
  });
});
