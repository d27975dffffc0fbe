import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { verifyExport, type ExportVerification, type LogKeys } from '../../../sdk/index.js';
import { signCheckpoint, verifierKey } from '../../../src/disclosure-log/tree/checkpoint.js';
import { commit, digestOf } from '../../../src/disclosure-log/tree/commitment.js';
import { hashLeaf, hashNode } from '../../../src/disclosure-log/tree/merkle-tree.js';
import { signDetached } from '../../../src/keys/index.js';
import { makeTestKeys } from '../../support/test-keys.js';

const LOG = 'gatehouse.example/log';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const gateway = makeTestKeys();
const another = makeTestKeys();
const keys: LogKeys = {
  checkpoint: verifierKey({ name: LOG, key: gateway.log.publicKey }),
  receipts: [{ ...gateway.receipt.publicKey.export({ format: 'jwk' }), kid: gateway.receipt.kid, alg: 'EdDSA' }],
};

const opening = { claimsSalt: Buffer.alloc(16, 7), detailDigest: Buffer.alloc(32, 9) };
const CLAIMS = [
  { kind: 'decision', requester: { staffId: 'sw-4711' } },
  { kind: 'outcome', requester: { staffId: 'sw-4711' } },
  { kind: 'decision', requester: { staffId: null } },
];
const leaves = CLAIMS.map((claims) => hashLeaf(commit(canonicalize(claims) ?? '', opening)));
const pair = hashNode(leaves[0]!, leaves[1]!);
const root = hashNode(pair, leaves[2]!);
const PROOFS = [[leaves[1]!, leaves[2]!], [leaves[0]!, leaves[2]!], [pair]];

const sign = (line: object, typ = 'gatehouse-evidence+jws', signer = gateway): string =>
  JSON.stringify({ ...line, signature: signDetached(canonicalize(line) ?? '', typ, signer.receipt) });

const HEADING = {
  export: 'gatehouse-evidence/1',
  gateway: 'https://gatehouse.example',
  agency: 'a-council',
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-12-01T00:00:00.000Z',
  treeSize: 3,
  total: 3,
  checkpoint: signCheckpoint({ origin: LOG, size: 3, root }, { name: LOG, key: gateway.log.privateKey }),
};

const placeOf = (index: number) => ({
  line: index + 1,
  index,
  leafHash: leaves[index]!.toString('base64'),
  inclusionProof: PROOFS[index]!.map((hash) => hash.toString('base64')),
});
const opened = (index: number) => ({
  ...placeOf(index),
  claims: CLAIMS[index],
  claimsSalt: opening.claimsSalt.toString('base64'),
  detailDigest: opening.detailDigest.toString('base64'),
});
const withheld = (index: number) => ({
  ...opened(index),
  claims: { ...CLAIMS[index], requester: { staffId: null } },
  withheld: ['/requester/staffId'],
  claimsDigest: digestOf(canonicalize(CLAIMS[index]) ?? '').toString('base64'),
});

/** One opened, one withheld, one erased: made by hand from the published rules. */
const FILE = [sign(HEADING), JSON.stringify(opened(0)), sign(withheld(1)), sign({ ...placeOf(2), erased: true })];
const verified = (file: readonly string[]): Promise<ExportVerification> => verifyExport(file, keys);
/** The file with a line changed, its signature as it was. */
const changed = (at: number, change: object): string[] =>
  FILE.with(at, JSON.stringify({ ...JSON.parse(FILE[at]!), ...change }));

describe('verifying an export of evidence offline', () => {
  it('says what a file that holds is, and in which way each line is proven', async () => {
    const { export: _, ...heading } = HEADING;
    expect(await verified(FILE)).toEqual({
      valid: true,
      heading,
      lines: 3,
      opened: 1,
      withheld: 1,
      erased: 1,
      findings: [],
    });
  });

  it.each<[string, string[], string]>([
    ['is empty', [], 'The file is empty.'],
    ['has no heading', FILE.slice(1), 'The first line is no heading that the gateway signed.'],
    ['has a heading that another gateway signed', FILE.with(0, sign(HEADING, undefined, another)), 'no heading'],
    ['has a heading that was signed as something else', FILE.with(0, sign(HEADING, 'other+jws')), 'no heading'],
    ['has another agency in its heading', changed(0, { agency: 'b-council' }), 'no heading'],
    [
      'has a checkpoint of another log',
      FILE.with(
        0,
        sign({
          ...HEADING,
          checkpoint: signCheckpoint({ origin: LOG, size: 3, root }, { name: LOG, key: another.log.privateKey }),
        }),
      ),
      'has not signed the checkpoint',
    ],
    [
      'has another tree size than its checkpoint',
      FILE.with(0, sign({ ...HEADING, treeSize: 4 })),
      'has not signed the checkpoint',
    ],
    ['lacks its last line', FILE.slice(0, -1), 'There are 2 lines; the gateway signed that there are 3.'],
    ['lacks a line in between', FILE.toSpliced(2, 1), 'Line 2 is not the one that belongs here.'],
    ['has a line twice', FILE.toSpliced(1, 0, FILE[1]!), 'Line 2 is not the one that belongs here.'],
    [
      'has lines in another order',
      [FILE[0]!, FILE[2]!, FILE[1]!, FILE[3]!],
      'Line 1 is not the one that belongs here.',
    ],
    ['has other claims', changed(1, { claims: { kind: 'decision' } }), 'Line 1 is not as the log'],
    ['has another leaf', changed(1, { leafHash: leaves[1]!.toString('base64') }), 'Line 1 is not as the log'],
    ['has another place', changed(1, { index: 1 }), 'Line 1 is not as the log'],
    [
      'has claims that the digest of others covers up',
      changed(1, { claims: {}, claimsDigest: withheld(0).claimsDigest }),
      'Line 1 is not as the log',
    ],
    [
      'shows other claims where ids are withheld',
      changed(2, { claims: { kind: 'outcome', released: [] } }),
      'Line 2 is not as the log',
    ],
    [
      'calls a line erased that the gateway did not',
      FILE.with(1, JSON.stringify({ ...placeOf(0), erased: true })),
      'Line 1 is not as the log',
    ],
    ['has a line that is not JSON', FILE.with(2, '{'), 'Line 2 is not as the log'],
    ['has a line that is a number', FILE.with(2, '7'), 'Line 2 is not as the log'],
  ])('refutes a file that %s', async (_, file, finding) => {
    const { valid, findings } = await verified(file);
    expect(valid).toBe(false);
    expect(findings.some((one) => one.includes(finding))).toBe(true);
  });

  it('opens a line in full for whoever is told what was withheld', async () => {
    expect(await verified(FILE.with(2, JSON.stringify(opened(1))))).toMatchObject({
      valid: true,
      opened: 2,
      withheld: 0,
    });
    const wrong = { ...opened(1), claims: { ...CLAIMS[1], requester: { staffId: 'sw-4712' } } };
    expect(await verified(FILE.with(2, JSON.stringify(wrong)))).toMatchObject({ valid: false });
  });

  it('takes a signature in the one way that it is written in', async () => {
    for (const [line, text] of FILE.entries()) {
      const { signature = '' } = JSON.parse(text) as { signature?: string };
      // 86 letters are four bits more than the 64 bytes: others than the last stand for the same.
      const last = BASE64URL.indexOf(signature.slice(-1));
      const other = signature.slice(0, -1) + BASE64URL[last ^ 1];
      if (signature) expect((await verified(FILE.with(line, text.replace(signature, other)))).valid).toBe(false);
    }
    expect(FILE.filter((text) => text.includes('"signature"')).length).toBeGreaterThan(2);
  });

  it('finds any change of a letter, and never throws', async () => {
    const places = FILE.flatMap((text, line) => Array.from(text, (_, at) => [line, at] as const));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.stringMatching(/^[ -~]$/), async ([line, at], letter) => {
        const text = FILE[line]!;
        const other = text.slice(0, at) + letter + text.slice(at + 1);
        fc.pre(canonicalOf(other) !== canonicalOf(text));
        expect((await verified(FILE.with(line, other))).valid).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

/** What a line says, whatever way its JSON is written in. */
function canonicalOf(text: string): string {
  try {
    return canonicalize(JSON.parse(text)) ?? '';
  } catch {
    return text;
  }
}
