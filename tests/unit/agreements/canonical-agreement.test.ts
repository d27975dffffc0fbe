import fc from 'fast-check';
import { canonicalAgreement, canonicalBytes } from '../../../src/agreements/index.js';
import { makeAgreement } from '../../support/agreement.js';

const textOf = (value: unknown): string => canonicalBytes(value).toString('utf8');

describe('canonical JSON', () => {
  it('writes the example of RFC 8785 s.3.2.2 as s.3.2.4 gives it, byte for byte', () => {
    const example = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`) as unknown;
    const published =
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a' +
      '5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d' +
      '2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d';
    expect(canonicalBytes(example).toString('hex')).toBe(published);
  });

  it('orders members by UTF-16 code units, as the example of RFC 8785 s.3.2.3 does', () => {
    const example = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`) as Record<string, string>;
    expect(Object.values(JSON.parse(textOf(Object.entries(example).reverse())) as object)).toHaveLength(7);
    const order = [...textOf(example).matchAll(/:"([^"]+)"/g)].map(([, name]) => name);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  // RFC 8785 Appendix B: IEEE 754 bits and the text they are written as.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(textOf(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it.each([
    ['NaN', NaN],
    ['an infinity', Infinity],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { 'x\udc00': 1 }],
    ['nothing', undefined],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalBytes(value)).toThrow();
  });

  it('takes a backslash before "ud800" for what it is: plain text', () => {
    expect(textOf(String.raw`\ud800`)).toBe(String.raw`"\\ud800"`);
  });

  it('is the same for the same value, whatever order its members came in', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { noNullPrototype: true }),
        (value) => {
          const shuffled = Object.fromEntries(Object.entries(value).toReversed());
          expect(textOf(shuffled)).toBe(textOf(value));
          expect(JSON.parse(textOf(value))).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });
});

describe('the canonical agreement', () => {
  it('has the SHA-256 of its bytes as its name, and another one when anything differs', () => {
    const agreement = makeAgreement();
    const { hash } = canonicalAgreement(agreement);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(canonicalAgreement({ ...agreement, title: `${agreement.title}.` }).hash).not.toBe(hash);
  });
});
