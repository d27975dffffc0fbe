import { generateKeyPairSync } from 'node:crypto';
import { hashLeaf, signCheckpoint, type NoteKey } from '../../../src/disclosure-log/index.js';
import { GrowingTree } from '../../../src/disclosure-log/tree/merkle-tree.js';
import { judgeCheckpoint, readAddCheckpoint, writeAddCheckpoint } from '../../../src/witnesses/add-checkpoint.js';

const key = (name: string): NoteKey => ({ name, key: generateKeyPairSync('ed25519').privateKey });
const log = key('gateway.example/log');
const leaf = (text: string): Buffer => hashLeaf(Buffer.from(text));

/** Roots of a tree of these leaves, by size. */
function rootsOf(leaves: readonly string[]): Buffer[] {
  const tree = new GrowingTree(0, []);
  return [tree.root(), ...leaves.map((text) => (tree.add(leaf(text)), tree.root()))];
}
const roots = rootsOf(['a', 'b', 'c']);
const forked = rootsOf(['a', 'x', 'c']);
const note = (size: number, of = roots, signer = log): string =>
  signCheckpoint({ origin: log.name, size, root: of[size]! }, signer);
/** From 2 to 3 leaves the proof is the third leaf. */
const proof = [leaf('c')];
const latest = { size: 2, root: roots[2]! };

describe('the body of add-checkpoint', () => {
  it('is read as the published example, which has four hashes and two signatures', () => {
    const published = [
      'old 20852014',
      'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
      'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
      '5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=',
      '/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=',
      '',
      'example.com/behind-the-sofa',
      '20852163',
      'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
      '',
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=',
      '— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=',
      '',
    ].join('\n');
    const read = readAddCheckpoint(published);
    expect(read).toMatchObject({ oldSize: 20852014 });
    expect(read?.proof).toHaveLength(4);
    expect(writeAddCheckpoint(read!)).toBe(published);
  });

  it('is written and read without a proof', () => {
    const first = { oldSize: 0, proof: [], note: note(3) };
    expect(writeAddCheckpoint(first)).toBe(`old 0\n\n${note(3)}`);
    expect(readAddCheckpoint(writeAddCheckpoint(first))).toEqual(first);
  });

  it.each([
    ['nothing', ''],
    ['no old size', `\n${note(3)}`],
    ['a leading zero', `old 02\n\n${note(3)}`],
    ['a negative size', `old -1\n\n${note(3)}`],
    ['a size beyond what is exact', `old 9999999999999999\n\n${note(3)}`],
    ['a hash that is too short', `old 2\nAAAA\n\n${note(3)}`],
    ['a hash that is not base64', `old 2\n${'!'.repeat(44)}\n\n${note(3)}`],
    ['64 hashes', `old 2\n${`${roots[1]!.toString('base64')}\n`.repeat(64)}\n${note(3)}`],
    ['a note and nothing else', note(3)],
  ])('is refused with %s', (_name, body) => expect(readAddCheckpoint(body)).toBeUndefined());
});

describe('a checkpoint that a witness is sent', () => {
  const judge = (change: object = {}, keys = [log], cosigned: typeof latest | null = latest) =>
    judgeCheckpoint({ oldSize: 2, proof, note: note(3), ...change }, keys, cosigned ?? undefined);

  it('is refused by a witness that knows no log (404)', () => {
    expect(judge({}, [])).toEqual({ status: 404 });
    expect(judge({}, [key('other.example/log')])).toEqual({ status: 404 });
    expect(judge({ note: '' })).toEqual({ status: 404 });
  });

  it('may be cosigned when it is consistent with the one before', () => {
    expect(judge()).toMatchObject({ status: 200, checkpoint: { origin: log.name, size: 3, root: roots[3] } });
  });

  it('may be cosigned again, when it is the very same', () => {
    expect(judge({ note: note(2), proof: [] })).toMatchObject({ status: 200 });
  });

  it('may be the first of its log, of any size', () => {
    expect(judge({ oldSize: 0, proof: [] }, [log], null)).toMatchObject({ status: 200 });
    expect(judge({ oldSize: 0, proof: [], note: note(0) }, [log], null)).toMatchObject({ status: 200 });
  });

  it('may have lines of other signers and extensions', () => {
    const extended = `${log.name}\n3\n${roots[3]!.toString('base64')}\nmore\n`;
    expect(judge({ note: `${note(3)}— other.example AAAA\n` })).toMatchObject({ status: 200 });
    // Not signed: an extension line is part of what must be.
    expect(judge({ note: `${extended}\n${note(3).split('\n\n')[1]}` })).toEqual({ status: 403 });
  });

  it.each([
    ['another key than the log’s', { note: note(3, roots, key(log.name)) }, 403],
    ['no signature', { note: `${note(3).split('\n\n')[0]}\n\n` }, 403],
    ['an old size beyond its own', { oldSize: 4 }, 400],
    ['a proof that does not lead there', { proof: [leaf('x')] }, 422],
    ['no proof where one is needed', { proof: [] }, 422],
    ['a proof where none is needed', { note: note(2) }, 422],
    ['a history that was forked before', { note: note(3, forked) }, 422],
  ])('is refused with %s', (_name, change, status) => expect(judge(change)).toEqual({ status }));

  it('is refused with a proof where nothing was cosigned before', () => {
    expect(judge({ oldSize: 0 }, [log], null)).toEqual({ status: 422 });
  });

  it.each([
    ['an old size that is not the size cosigned last', { oldSize: 1 }],
    ['nothing cosigned before, as it believes', { oldSize: 0, proof: [] }],
    ['the same size and another root: a fork', { note: note(2, forked), proof: [] }],
    ['a smaller size: a log that was rewound', { oldSize: 1, note: note(1), proof: [] }],
  ])('is refused with %s, and told the size cosigned last (409)', (_name, change) => {
    expect(judge(change)).toEqual({ status: 409, size: 2 });
  });
});
