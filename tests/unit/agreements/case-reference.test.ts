import fc from 'fast-check';
import { acceptsCaseReference, caseReferenceFault } from '../../../src/agreements/index.js';

describe('the pattern of a case reference', () => {
  it.each(['^ASC-[0-9]{4}-[0-9]{5}$', '^(?:INC|EVT)-\\d{8}$', '^[A-Z]{2,4}/[0-9]+$', '^a\\$b$', '^[$|(]x$'])(
    'may be %s',
    (pattern) => {
      expect(caseReferenceFault(pattern)).toBeUndefined();
    },
  );

  it.each([
    ['ASC-[0-9]{4}', 'is not anchored'],
    ['^ASC-[0-9]{4}', 'is not anchored'],
    ['^ASC\\$', 'is not anchored'],
    ['^A|B$', 'has an alternative outside a group'],
    ['^(A$', 'is not a regular expression'],
    ['^(?=A)A$', 'has a look-around'],
    ['^(?<!B)A$', 'has a look-around'],
    ['^(?<name>A)$', 'has a look-around or a named group'],
    ['^(A)\\1$', 'has a back-reference'],
    ['^(a+)+$', 'repeats a group'],
    ['^(a|a)*$', 'repeats a group'],
    ['^(?:a?){9}$', 'repeats a group'],
    ['^a*a*a*b$', 'parts of varying length'],
    ['^a?a?a?aaa$', 'parts of varying length'],
    [`^${'(?:a|a)'.repeat(9)}$`, 'alternatives'],
  ])('may not be %s: %s', (pattern, reason) => {
    expect(caseReferenceFault(pattern)).toContain(reason);
  });

  it('recognises references of its own form alone', () => {
    const rule = { kind: 'case', pattern: '^ASC-[0-9]{4}$' };
    expect(acceptsCaseReference(rule, 'ASC-0001')).toBe(true);
    expect(acceptsCaseReference(rule, 'xASC-0001')).toBe(false);
    expect(acceptsCaseReference(rule, 'ASC-0001\n')).toBe(false);
    expect(acceptsCaseReference({ kind: 'case', pattern: '^[0-9]+$' }, '1'.repeat(65))).toBe(false);
  });

  it('recognises nothing when it is not safe', () => {
    expect(acceptsCaseReference({ kind: 'case', pattern: 'ASC' }, 'ASC')).toBe(false);
  });

  it('never lets through a pattern that matches in the middle of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'^$|()[]a1-\\?*+{},'.split('')), maxLength: 12 }), (body) => {
        const pattern = `^${body}$`;
        fc.pre(caseReferenceFault(pattern) === undefined);
        const match = new RegExp(pattern, 'u').exec('a1-a1-');
        expect(match === null || match[0] === 'a1-a1-').toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
