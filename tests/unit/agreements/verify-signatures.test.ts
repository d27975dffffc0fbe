import { CompactSign, FlattenedSign, importJWK, type JWK } from 'jose';
import {
  canonicalAgreement,
  findRevokedKeys,
  signAgreement,
  verifySignatures,
  type AgreementSignature,
  type KeysOfAgency,
  type PrivateJwk,
} from '../../../src/agreements/index.js';
import { makeAgreement } from '../../support/agreement.js';
import { makeAgencyKey, publicHalf } from '../../support/definitions.js';

describe('the signatures of an agreement', () => {
  const agreement = makeAgreement();
  const { bytes } = canonicalAgreement(agreement);
  const council = makeAgencyKey('council-1');
  const trust = makeAgencyKey('trust-1', 'ed25519');
  const fire = makeAgencyKey('fire-1', 'rsa');
  const owners: Record<string, PrivateJwk[]> = { council: [council], trust: [trust], fire: [fire] };
  const keysOf = (agency: string) => (owners[agency] ?? []).map(publicHalf);
  const STORED = new Date('2026-11-22T12:00:00Z');
  const verify = (signatures: AgreementSignature[], keys: KeysOfAgency = keysOf) =>
    verifySignatures(agreement, signatures, keys, () => STORED);
  const byTrust = () => signAgreement(agreement, 'trust', trust);

  /** A signature of the council in every respect but those that a test changes. */
  async function forged(change: {
    header?: Record<string, unknown>;
    payload?: Uint8Array;
    key?: PrivateJwk;
    kid?: string;
  }): Promise<AgreementSignature> {
    const key = change.key ?? council;
    const header = { alg: 'ES256', kid: 'council-1', typ: 'agreement+jws', ...change.header };
    const jws = await new CompactSign(change.payload ?? bytes)
      .setProtectedHeader(JSON.parse(JSON.stringify(header)) as { alg: string })
      .sign(await importJWK(key as unknown as JWK, String(header.alg)));
    return { agency: 'council', kid: change.kid ?? 'council-1', jws };
  }

  it('stand when every party has signed exactly its canonical bytes', async () => {
    expect(await verify([await signAgreement(agreement, 'council', council), await byTrust()])).toEqual([]);
  });

  it.each(['ec', 'ed25519', 'rsa'] as const)('stand when made with a key of type %s', async (type) => {
    const key = makeAgencyKey('council-2', type);
    const signature = await signAgreement(agreement, 'council', key);
    expect(
      await verify([signature, await byTrust()], (id) => (id === 'council' ? [publicHalf(key)] : keysOf(id))),
    ).toEqual([]);
  });

  it('do not stand when there are none', async () => {
    expect(await verify([])).toEqual(['council has not signed', 'trust has not signed']);
  });

  it('do not stand when a party is missing', async () => {
    expect(await verify([await byTrust()])).toEqual(['council has not signed']);
  });

  const refused: [string, () => Promise<AgreementSignature>, string][] = [
    [
      'by a key of another agency',
      () => forged({ key: trust, kid: 'trust-1', header: { kid: 'trust-1', alg: 'EdDSA' } }),
      'is by a key that is not among its keys',
    ],
    ['by another agency’s key under a kid of its own', () => forged({ key: makeAgencyKey('x') }), 'does not verify'],
    ['over another text', () => forged({ payload: Buffer.from('{}') }), 'is over another text'],
    [
      'over the same agreement in another form',
      () => forged({ payload: Buffer.from(JSON.stringify(agreement, null, 1)) }),
      'is over another text',
    ],
    [
      'that names another key inside',
      () => forged({ header: { kid: 'council-9' } }),
      'names another key inside than outside',
    ],
    ['made for something else', () => forged({ header: { typ: 'JOSE' } }), 'was made for something else'],
    ['without a type', () => forged({ header: { typ: undefined } }), 'has a header of another form'],
    [
      'with a header more',
      () => forged({ header: { jku: 'https://evil.example/keys' } }),
      'has a header of another form',
    ],
    [
      'of algorithm none',
      async () => ({ agency: 'council', kid: 'council-1', jws: unsigned('none') }),
      'does not verify',
    ],
    [
      'of a secret key, the public key being the secret',
      async () => ({ agency: 'council', kid: 'council-1', jws: unsigned('HS256') }),
      'does not verify',
    ],
    ['that is no JWS', async () => ({ agency: 'council', kid: 'council-1', jws: 'x' }), 'does not verify'],
    [
      'whose payload is outside it',
      async () => ({ agency: 'council', kid: 'council-1', jws: await detached() }),
      'does not verify',
    ],
  ];
  it.each(refused)('refuses a signature %s', async (_, make, reason) => {
    expect(await verify([await make(), await byTrust()])).toEqual([`the signature of council ${reason}`]);
  });

  it('refuses an algorithm that does not belong to the key, even one of the same family', async () => {
    const signature = await signAgreement(agreement, 'council', fire);
    const [header = '', payload, tag] = signature.jws.split('.');
    const read = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...read, alg: 'RS256' })).toString('base64url');
    const jws = [changed, payload, tag].join('.');
    const faults = await verify([{ ...signature, jws }, await byTrust()], (id) =>
      keysOf(id === 'council' ? 'fire' : id),
    );
    expect(faults).toEqual(['the signature of council does not verify']);
  });

  it('refuses a signature by somebody who is not a party, beside those of all who are', async () => {
    const all = await Promise.all([
      signAgreement(agreement, 'council', council),
      byTrust(),
      signAgreement(agreement, 'fire', fire),
    ]);
    expect(await verify(all)).toEqual(['the signature of fire is by an agency that is not a party']);
  });

  it('refuses one party’s signature in the name of another', async () => {
    const signature = await byTrust();
    expect(await verify([{ ...signature, agency: 'council' }, signature])).toEqual([
      'the signature of council is by a key that is not among its keys',
    ]);
  });

  const revokedAt =
    (instant: string): KeysOfAgency =>
    (agency) =>
      keysOf(agency).map((key) => (agency === 'council' ? { ...key, revokedAt: instant } : key));
  const seconds = (instant: string): number => Date.parse(instant) / 1_000;

  it.each<[string, string, Record<string, unknown>, boolean]>([
    ['after it was stored', '2026-11-22T12:00:00.001Z', {}, true],
    ['at the very instant', '2026-11-22T12:00:00Z', {}, false],
    ['before it was stored', '2026-11-22T11:59:59Z', {}, false],
    ['before it was stored, in another time zone', '2026-11-22T12:59:59+01:00', {}, false],
    [
      'before it was stored, whatever earlier time the signer writes',
      '2026-11-01T00:00:00Z',
      { iat: seconds('2026-10-01T00:00:00Z') },
      false,
    ],
    [
      'after it was stored, and the signer says that it was made later still',
      '2026-11-22T13:00:00Z',
      { iat: seconds('2026-11-22T13:00:00Z') },
      false,
    ],
    [
      'after it was stored, and the signer says that it was made before',
      '2026-11-22T13:00:00Z',
      { iat: seconds('2026-11-22T10:00:00Z') },
      true,
    ],
    ['at a time that cannot be read', 'soon', {}, false],
  ])('by a key that was revoked %s', async (_when, instant, header, stands) => {
    const signatures = [await forged({ header }), await byTrust()];
    const keys = revokedAt(instant);
    const faults = stands ? [] : [`the signature of council is by a key that was revoked at ${instant}`];
    expect(await verify(signatures, keys)).toEqual(faults);
    expect(findRevokedKeys(signatures, keys, () => STORED)).toEqual([
      { agency: 'council', kid: 'council-1', revokedAt: instant, stands },
    ]);
  });

  it.each([-1, 1.5, 'now', null])('refuse a time of signing that is none: %s', async (iat) => {
    expect(await verify([await forged({ header: { iat } }), await byTrust()])).toEqual([
      'the signature of council has a header of another form',
    ]);
  });

  it('may say when they were made', async () => {
    expect(await verify([await forged({ header: { iat: 1_700_000_000 } }), await byTrust()])).toEqual([]);
  });

  function unsigned(alg: string): string {
    const header = { alg, kid: 'council-1', typ: 'agreement+jws' };
    const encoded = [JSON.stringify(header), bytes].map((part) => Buffer.from(part).toString('base64url'));
    return `${encoded.join('.')}.`;
  }

  async function detached(): Promise<string> {
    const signed = await new FlattenedSign(bytes)
      .setProtectedHeader({ alg: 'ES256', kid: 'council-1', typ: 'agreement+jws' })
      .sign(await importJWK(council as unknown as JWK, 'ES256'));
    return `${signed.protected}..${signed.signature}`;
  }
});
