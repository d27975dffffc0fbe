import fc from 'fast-check';
import {
  consistencyPath,
  EMPTY_ROOT,
  GrowingTree,
  hashLeaf,
  hashNode,
  inclusionPath,
  peaksOf,
  rootOfPeaks,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/disclosure-log/tree/merkle-tree.js';

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

/** RFC 6962 section 2.1.2, word for word. */
function subproof(m: number, leaves: readonly Buffer[], whole: boolean): Buffer[] {
  if (m === leaves.length) return whole ? [] : [mth(leaves)];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), whole), mth(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), mth(leaves.slice(0, k))];
}

function proveConsistency(from: number, to: number, nodes: ReadonlyMap<string, Buffer>): Buffer[] {
  return consistencyPath(from, to).map((peaks) =>
    rootOfPeaks(peaks.map((peak) => nodes.get(`${peak.level}/${peak.index}`)!)),
  );
}

/** Inclusion and consistency proofs that the same implementations publish: leaf counted from 0, sizes of trees. */
const INCLUSION: [index: number, size: number, proof: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const CONSISTENCY: [from: number, to: number, proof: string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

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

  const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));
  const published = DATA.map((data) => hashLeaf(Buffer.from(data, 'hex')));

  it.each(INCLUSION)('proves leaf %i in the tree of %i as other implementations do', (index, size, proof) => {
    const made = prove(index, size, grown(published).nodes);
    expect(hex(made)).toEqual(proof);
    const root = Buffer.from(ROOTS[size - 1]!, 'hex');
    expect(verifyInclusion(index, size, published[index]!, made, root)).toBe(true);
  });

  it.each(CONSISTENCY)('proves that tree %i begins tree %i as other implementations do', (from, to, proof) => {
    const made = proveConsistency(from, to, grown(published).nodes);
    expect(hex(made)).toEqual(proof);
    const roots = ROOTS.map((root) => Buffer.from(root, 'hex'));
    expect(verifyConsistency(from, to, roots[from - 1]!, roots[to - 1]!, made)).toBe(true);
  });

  it('proves consistency as the definition does, between any two sizes', () => {
    const leaves = leavesOf(70);
    const { nodes } = grown(leaves);
    for (let to = 1; to <= leaves.length; to++) {
      for (let from = 1; from <= to; from++) {
        const proof = proveConsistency(from, to, nodes);
        expect(hex(proof)).toEqual(hex(subproof(from, leaves.slice(0, to), true)));
        expect(verifyConsistency(from, to, mth(leaves.slice(0, from)), mth(leaves.slice(0, to)), proof)).toBe(true);
      }
    }
  });

  it('takes no other root, size or proof for consistent', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), fc.nat());
    fc.assert(
      fc.property(sizes, ([one, other, pick]) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const leaves = leavesOf(to);
        const { nodes } = grown(leaves);
        const [small, large] = [mth(leaves.slice(0, from)), mth(leaves)];
        const proof = proveConsistency(from, to, nodes);
        expect(verifyConsistency(from, to, small, large, proof)).toBe(true);
        const alien = hashLeaf(Buffer.from('other'));
        expect(verifyConsistency(from, to, alien, large, proof)).toBe(false);
        expect(verifyConsistency(from, to, small, alien, proof)).toBe(false);
        expect(verifyConsistency(from, to, small, large, [...proof, alien])).toBe(false);
        if (from < to) expect(verifyConsistency(to, from, large, small, proof)).toBe(false);
        if (proof.length > 0) {
          expect(verifyConsistency(from, to, small, large, proof.slice(0, -1))).toBe(false);
          const changed = proof.map((hash, place) => (place === pick % proof.length ? alien : hash));
          expect(verifyConsistency(from, to, small, large, changed)).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('finds that a tree whose past was rewritten does not begin with the one before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), (to, pickFrom, pickLeaf) => {
        const from = 1 + (pickFrom % (to - 1));
        const honest = leavesOf(to);
        const rewritten = honest.map((leaf, i) => (i === pickLeaf % from ? hashLeaf(Buffer.from('other')) : leaf));
        const proof = proveConsistency(from, to, grown(rewritten).nodes);
        return !verifyConsistency(from, to, mth(honest.slice(0, from)), mth(rewritten), proof);
      }),
      { numRuns: 100 },
    );
  });

  it('has nothing to prove of the empty tree and of a tree with itself', () => {
    const root = mth(leavesOf(5));
    expect([consistencyPath(0, 5), consistencyPath(5, 5), consistencyPath(0, 0)]).toEqual([[], [], []]);
    expect(verifyConsistency(0, 5, EMPTY_ROOT, root, [])).toBe(true);
    expect(verifyConsistency(0, 5, root, root, [])).toBe(false);
    expect(verifyConsistency(0, 5, EMPTY_ROOT, root, [root])).toBe(false);
    expect(verifyConsistency(5, 5, root, root, [])).toBe(true);
    expect(verifyConsistency(5, 5, root, root, [root])).toBe(false);
    expect(verifyConsistency(5, 5, root, EMPTY_ROOT, [])).toBe(false);
    for (const from of [-1, 1.5, Number.NaN, 6]) expect(verifyConsistency(from, 5, root, root, [])).toBe(false);
    expect(() => consistencyPath(6, 5)).toThrow(RangeError);
  });

  it('proves consistency of trees larger than 32 bits count', () => {
    const [from, to] = [2 ** 40 + 3, 2 ** 45 + 17];
    const path = consistencyPath(from, to);
    // A tree of equal leaves: a complete subtree's hash depends on its level alone.
    const levels: Buffer[] = [hashLeaf(Buffer.from('same'))];
    for (let level = 1; level <= 46; level++) levels.push(hashNode(levels[level - 1]!, levels[level - 1]!));
    const rootOf = (size: number): Buffer => rootOfPeaks(peaksOf(size).map(({ level }) => levels[level]!));
    const proof = path.map((peaks) => rootOfPeaks(peaks.map(({ level }) => levels[level]!)));
    expect(verifyConsistency(from, to, rootOf(from), rootOf(to), proof)).toBe(true);
    expect(verifyConsistency(from, to, rootOf(from + 1), rootOf(to), proof)).toBe(false);
  });
});
