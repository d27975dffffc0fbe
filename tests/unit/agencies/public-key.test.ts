import { generateKeyPairSync } from 'node:crypto';
import { readPublicKey, type PublicJwk } from '../../../src/agencies/index.js';
import { makeAgencyKey, publicHalf } from '../../support/definitions.js';

describe('a public key', () => {
  it.each([
    ['ec', 'ES256'],
    ['ed25519', 'EdDSA'],
    ['rsa', 'PS256'],
  ] as const)('of type %s is for %s alone', (type, algorithm) => {
    const jwk = publicHalf(makeAgencyKey('k', type));
    expect(readPublicKey(jwk).algorithm).toBe(algorithm);
    expect(readPublicKey({ ...jwk, alg: algorithm }).algorithm).toBe(algorithm);
    expect(() => readPublicKey({ ...jwk, alg: 'RS256' })).toThrow(/algorithm other than/);
  });

  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  it.each([
    ['of another curve', p384, /no type/],
    ['of too few bits', short, /fewer than 2048 bits/],
    ['of which half is missing', { kty: 'EC', crv: 'P-256', x: 'AAAA' }, /not a complete public key/],
    ['that is secret', { kty: 'oct', k: 'AAAA' }, /no type/],
  ])('%s is refused', (_, jwk, reason) => {
    expect(() => readPublicKey({ ...jwk, kid: 'k' } as PublicJwk)).toThrow(reason);
  });
});
