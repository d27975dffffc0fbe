import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { verifyPermissionReceipt, verifyReceipt, type LogKeys } from '../../../sdk/index.js';
import { signCheckpoint, verifierKey } from '../../../src/disclosure-log/tree/checkpoint.js';
import { commit } from '../../../src/disclosure-log/tree/commitment.js';
import { GrowingTree, hashLeaf, hashNode } from '../../../src/disclosure-log/tree/merkle-tree.js';
import { makeTestKeys } from '../../support/test-keys.js';

const LOG = 'gatehouse.example/log';
const gateway = makeTestKeys();
const another = makeTestKeys();

const keysOf = ({ log, receipt }: typeof gateway): LogKeys => ({
  checkpoint: verifierKey({ name: LOG, key: log.publicKey }),
  receipts: [{ ...receipt.publicKey.export({ format: 'jwk' }), kid: receipt.kid, alg: 'EdDSA' }],
});

const CLAIMS = { kind: 'decision', exchangeId: '0192f0c1', decision: { outcome: 'deny' }, items: [], z: 1, a: 'é' };

/** A receipt of entry 1 in a log of two, made by hand from the published rules. */
function makePayload(signer = gateway) {
  const opening = { claimsSalt: Buffer.alloc(16, 7), detailDigest: Buffer.alloc(32, 9) };
  const before = hashLeaf(Buffer.from('the entry before'));
  const leaf = hashLeaf(commit(canonicalize(CLAIMS) ?? '', opening));
  const root = hashNode(before, leaf);
  return {
    iss: 'https://gatehouse.example',
    claims: CLAIMS,
    log: {
      index: 1,
      claimsSalt: opening.claimsSalt.toString('base64'),
      detailDigest: opening.detailDigest.toString('base64'),
      inclusionProof: [before.toString('base64')],
      checkpoint: signCheckpoint({ origin: LOG, size: 2, root }, { name: LOG, key: signer.log.privateKey }),
    },
  };
}

const sign = async (payload: unknown, header: object = {}, signer = gateway): Promise<string> =>
  await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'gatehouse-receipt+jws', kid: signer.receipt.kid, ...header })
    .sign(signer.receipt.privateKey);

describe('verifying a receipt offline', () => {
  it('says what a receipt that holds claims, and where it stands in the log', async () => {
    const payload = makePayload();
    expect(await verifyReceipt(await sign(payload), keysOf(gateway))).toEqual({
      valid: true,
      issuer: 'https://gatehouse.example',
      claims: CLAIMS,
      index: 1,
      checkpoint: payload.log.checkpoint,
    });
  });

  it('does not depend on the order in which claims are written', async () => {
    const payload = makePayload();
    const reversed = Object.fromEntries(Object.entries(payload.claims).toReversed());
    expect(await verifyReceipt(await sign({ ...payload, claims: reversed }), keysOf(gateway))).toMatchObject({
      valid: true,
    });
  });

  it.each<[string, string, () => Promise<string>]>([
    ['signature', 'is signed by another gateway', () => sign(makePayload(), {}, another)],
    ['signature', 'is of another type of JWS', () => sign(makePayload(), { typ: 'JWT' })],
    ['signature', 'names a key that is not known', () => sign(makePayload(), { kid: 'unknown' })],
    [
      'signature',
      'says nothing of its type',
      () =>
        new CompactSign(Buffer.from(JSON.stringify(makePayload())))
          .setProtectedHeader({ alg: 'EdDSA', kid: gateway.receipt.kid })
          .sign(gateway.receipt.privateKey),
    ],
    ['checkpoint', 'has a checkpoint of another log', () => sign(makePayload(another))],
    ['form', 'is of another form', () => sign({ iss: 'x', claims: {} })],
    ['form', 'is no JWS', async () => 'a receipt'],
    ['form', 'is empty', async () => ''],
    ['form', 'holds null', () => sign(null)],
  ])('refutes by its %s one that %s', async (failed, _, make) => {
    expect(await verifyReceipt(await make(), keysOf(gateway))).toMatchObject({ valid: false, failed });
  });

  it.each<[string, (payload: ReturnType<typeof makePayload>) => void]>([
    ['another decision', ({ claims }) => Object.assign(claims, { decision: { outcome: 'permit' } })],
    ['another index', ({ log }) => Object.assign(log, { index: 0 })],
    ['another salt', ({ log }) => Object.assign(log, { claimsSalt: Buffer.alloc(16, 8).toString('base64') })],
    ['another detail', ({ log }) => Object.assign(log, { detailDigest: Buffer.alloc(32, 8).toString('base64') })],
    ['no proof', ({ log }) => Object.assign(log, { inclusionProof: [] })],
    ['too long a proof', ({ log }) => log.inclusionProof.push(log.inclusionProof[0] ?? '')],
  ])('refutes one with %s than the log has, although the gateway signed it', async (_, change) => {
    const payload = structuredClone(makePayload());
    change(payload);
    const verified = await verifyReceipt(await sign(payload), keysOf(gateway));
    expect(verified).toMatchObject({ valid: false, failed: 'inclusion' });
  });

  it('refutes a receipt in which any one character is changed', async () => {
    const receipt = await sign(makePayload());
    const lastOfSignature = receipt.length - 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: lastOfSignature - 1 }),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'),
        async (place, character) => {
          fc.pre(receipt[place] !== character);
          const changed = receipt.slice(0, place) + character + receipt.slice(place + 1);
          expect((await verifyReceipt(changed, keysOf(gateway))).valid).toBe(false);
        },
      ),
    );
  });

  it('never throws, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.anything(), async (text, keys) => {
        expect((await verifyReceipt(text, keys as LogKeys)).valid).toBe(false);
        expect((await verifyReceipt(await sign(makePayload()), keys as LogKeys)).valid).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('agrees with the tree that the log grows', () => {
    const leaves = [hashLeaf(Buffer.from('a')), hashLeaf(Buffer.from('b'))] as const;
    const tree = new GrowingTree(0, []);
    for (const leaf of leaves) tree.add(leaf);
    expect(tree.root()).toEqual(hashNode(...leaves));
  });
});

describe('verifying the receipt of a permission offline', () => {
  const TYPE = 'gatehouse-permission-receipt+jws';
  const payload = { iss: 'https://gatehouse.example', record: { header: { record_id: 'a-permission' } } };

  it('gives the record that the gateway signed', async () => {
    expect(await verifyPermissionReceipt(await sign(payload, { typ: TYPE }), keysOf(gateway))).toEqual({
      valid: true,
      issuer: 'https://gatehouse.example',
      record: payload.record,
    });
  });

  it.each<[string, string, () => Promise<string>]>([
    ['signature', 'is signed by another gateway', () => sign(payload, { typ: TYPE }, another)],
    ['signature', 'is of the type of another receipt', () => sign(payload)],
    [
      'signature',
      'was changed',
      async () => {
        const [header, , signature] = (await sign(payload, { typ: TYPE })).split('.');
        const changed = { ...payload, record: { header: { record_id: 'another' } } };
        return `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
      },
    ],
    ['form', 'is the receipt of a disclosure', () => sign(makePayload(), { typ: TYPE })],
    ['form', 'is no JWS', async () => 'a receipt'],
    ['form', 'holds nothing', () => sign(null, { typ: TYPE })],
  ])('fails at its %s when it %s', async (failed, _what, receipt) => {
    expect(await verifyPermissionReceipt(await receipt(), keysOf(gateway))).toMatchObject({ valid: false, failed });
  });

  it('does not pass as the receipt of a disclosure', async () => {
    const receipt = await sign(makePayload(), { typ: TYPE });
    expect(await verifyReceipt(receipt, keysOf(gateway))).toMatchObject({ valid: false, failed: 'signature' });
  });
});
