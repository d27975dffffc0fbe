import fc from 'fast-check';
import { MAX_BODY_BYTES, MAX_JSON_DEPTH, parseStrictJson, Problem } from '../../../src/api-contract/index.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const codeOf = (input: Uint8Array): string => {
  try {
    parseStrictJson(input);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code;
  }
};

describe('a request body', () => {
  it.each([
    ['nothing', ''],
    ['two values', '{} {}'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{"a":1/* b */}'],
    ['an unfinished string', '{"a":"b'],
    ['an unfinished escape', '{"a":"b\\'],
    ['a bad escape', '{"a":"\\x41"}'],
    ['a colon outside an object', '["a":1]'],
    ['closing brackets alone', ']]]'],
    ['a byte order mark', '\uFEFF{}'],
  ])('is refused when it is %s', (_, text) => {
    expect(codeOf(bytes(text))).toBe('REQUEST_MALFORMED');
  });

  it('is refused when it is not UTF-8', () => {
    expect(codeOf(Buffer.from([0x22, 0xff, 0x22]))).toBe('REQUEST_MALFORMED');
    expect(codeOf(Buffer.from('"\u00e9"', 'latin1'))).toBe('REQUEST_MALFORMED');
    expect(codeOf(Buffer.from('{}', 'utf16le'))).toBe('REQUEST_MALFORMED');
    // A surrogate in bytes (CESU-8) is not UTF-8 either.
    expect(codeOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('REQUEST_MALFORMED');
  });

  it('is refused when it is larger than 256 KiB, and taken up to there', () => {
    const ofSize = (size: number): Buffer => bytes(JSON.stringify('x'.repeat(size - 2)));
    expect(parseStrictJson(ofSize(MAX_BODY_BYTES))).toHaveLength(MAX_BODY_BYTES - 2);
    expect(codeOf(ofSize(MAX_BODY_BYTES + 1))).toBe('REQUEST_TOO_LARGE');
  });

  it('is refused when it is nested over 32 levels, and taken up to there', () => {
    const nested = (levels: number): Buffer => bytes('[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2));
    expect(codeOf(nested(MAX_JSON_DEPTH))).toBe('accepted');
    expect(codeOf(nested(MAX_JSON_DEPTH + 2))).toBe('REQUEST_MALFORMED');
    expect(codeOf(bytes('['.repeat(200_000)))).toBe('REQUEST_MALFORMED');
  });

  it('is refused when a member is repeated in one object, however its name is written', () => {
    expect(codeOf(bytes('{"a":1,"a":1}'))).toBe('REQUEST_MALFORMED');
    expect(codeOf(bytes('{"a":1,"\\u0061":2}'))).toBe('REQUEST_MALFORMED');
    expect(codeOf(bytes('{"b":[{"a":{"c":1},"d":"}","a" \n:2}]}'))).toBe('REQUEST_MALFORMED');
    expect(codeOf(bytes('{"\\"":1,"\\u0022":2}'))).toBe('REQUEST_MALFORMED');
  });

  it('may use one name in two objects, and a name as a value', () => {
    expect(parseStrictJson(bytes('[{"a":"a"},{"a":{"a":["a","a"]}}]'))).toEqual([{ a: 'a' }, { a: { a: ['a', 'a'] } }]);
  });

  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('is refused with a member %s', (name) => {
    expect(codeOf(bytes(`{"a":[{"${name}":{}}]}`))).toBe('REQUEST_MALFORMED');
    expect(codeOf(bytes(`["${name}"]`))).toBe('accepted');
  });

  it('is refused with half of a surrogate pair, in a name or a value', () => {
    expect(codeOf(bytes('"\\ud83d"'))).toBe('REQUEST_MALFORMED');
    expect(codeOf(bytes('{"\\udc00":1}'))).toBe('REQUEST_MALFORMED');
    expect(parseStrictJson(bytes('"\\ud83d\\ude00"'))).toBe('😀');
  });

  it('is never quoted in the error', () => {
    for (const text of [
      '{"SENTINEL":1,"SENTINEL":2}',
      '{"SENTINEL": oops}',
      '{"constructor":"SENTINEL"}',
      '"SENTINEL\\ud83d"',
    ]) {
      try {
        parseStrictJson(bytes(text));
        throw new Error('accepted');
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
        expect(JSON.stringify([String(error), (error as Problem).details])).not.toContain('SENTINEL');
      }
    }
  });
});

/** Objects made by fast-check may use the names that are refused. */
const acceptable = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  Object.entries(value).every(
    ([name, inner]) => !['__proto__', 'constructor', 'prototype'].includes(name) && acceptable(inner),
  );

describe('next to JSON.parse', () => {
  it('reads every well-formed value to the same', () => {
    const values = fc.jsonValue({ maxDepth: 6 }).filter(acceptable);
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('reads escaped text to the same', () => {
    const escapeAll = (text: string): string =>
      `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseStrictJson(bytes(escapeAll(text)))).toBe(text);
      }),
    );
  });

  it('accepts nothing that JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\\',
      '\\u0061',
      'a',
      '1',
      'null',
      ' ',
      '\n',
      '""',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(codeOf(bytes(text))).toBe('REQUEST_MALFORMED');
          return;
        }
        // What both read, they read alike; only a repeated name lies between them.
        if (codeOf(bytes(text)) === 'accepted') expect(parseStrictJson(bytes(text))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds every repeated name', () => {
    const names = fc.uniqueArray(
      fc.string().filter((name) => acceptable({ [name]: 1 })),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(names, fc.nat(), (unique, pick) => {
        const member = (name: string): string => `${JSON.stringify(name)}:[{"x":1}]`;
        const again = member(unique[pick % unique.length] ?? '');
        expect(codeOf(bytes(`{${unique.map(member).join()}}`))).toBe('accepted');
        expect(codeOf(bytes(`{${[...unique.map(member), again].join()}}`))).toBe('REQUEST_MALFORMED');
      }),
    );
  });
});
