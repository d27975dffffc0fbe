import fc from 'fast-check';
import { PublicKeys, readSentKey } from '../../../src/access/public-key.js';
import { RecentlyUsed } from '../../../src/access/recently-used.js';
import { makeCallerKey } from '../../support/dpop-caller.js';

/** RFC 7638 section 3.1. */
const RFC_7638_KEY = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
};

describe('the key in a proof', () => {
  it('has the thumbprint of RFC 7638 section 3.1', () => {
    expect(readSentKey(RFC_7638_KEY).thumbprint).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it.each<[string, Record<string, unknown>]>([
    ['a private member', { d: 'x' }],
    ['a prime', { p: 'x' }],
    ['a secret', { k: 'x' }],
    ['a number where text belongs', { n: 7 }],
    ['no modulus', { n: undefined }],
    ['a modulus over 4,096 bits', { n: 'x'.repeat(684) }],
    ['an exponent over 32 bits', { e: 'AQABAQAB' }],
    ['a symmetric type', { kty: 'oct' }],
    ['a type taken from the prototype', { kty: 'toString' }],
  ])('is refused with %s', (_, change) => {
    expect(() => readSentKey({ ...RFC_7638_KEY, ...change })).toThrow();
  });

  it.each([undefined, null, 'x', 7, [], {}])('is refused when it is %p', (jwk) => {
    expect(() => readSentKey(jwk)).toThrow();
  });

  it('is refused on a curve that is not P-256 or Ed25519', async () => {
    const { jwk } = await makeCallerKey('ES384');
    expect(() => readSentKey(jwk)).toThrow();
  });

  it('is imported once', async () => {
    const keys = new PublicKeys();
    const sent = readSentKey((await makeCallerKey()).jwk);
    expect(await keys.import(sent)).toBe(await keys.import({ ...sent }));
  });
});

describe('what was used recently', () => {
  it('is the last `limit` keys set or asked for, and never more', () => {
    const step = fc.record({ set: fc.boolean(), key: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const map = new RecentlyUsed<number, string>(limit);
        let model: number[] = [];
        for (const { set, key } of steps) {
          if (set) map.set(key, `${key}`);
          else expect(map.get(key)).toBe(model.includes(key) ? `${key}` : undefined);
          if (set || model.includes(key)) model = [...model.filter((one) => one !== key), key].slice(-limit);
        }
      }),
    );
  });
});
