import fc from 'fast-check';
import { IDENTIFIER_TYPES, type IdentifierType } from '../../../src/subject-handles/identifier-types.js';
import { parseIdentifier } from '../../../src/subject-handles/parse-identifier.js';

const AT = new Date('2026-11-22T09:00:00Z');
const valueOf = (type: string, text: string): string | undefined => {
  const parsed = parseIdentifier(type, text, AT);
  return parsed.ok ? parsed.value : undefined;
};
const faultOf = (type: string, text: string): string | undefined => {
  const parsed = parseIdentifier(type, text, AT);
  return parsed.ok ? undefined : parsed.reason;
};
const TYPES = Object.keys(IDENTIFIER_TYPES) as IdentifierType[];

describe('an identifier', () => {
  it.each<[IdentifierType, string, string]>([
    ['nhs-number', '9434765919', '9434765919'],
    ['nhs-number', '999 000 0018', '9990000018'],
    ['nhs-number', ' 943-476-5919 ', '9434765919'],
    ['chi-number', '311299 0013', '3112990013'],
    ['hc-number', '399 999 9993', '3999999993'],
    ['nino', 'nn 12 34 56 c', 'NN123456C'],
    ['upn', 'B801200005001', 'B801200005001'],
    ['pnc-id', '1979/0123456T', '1979/0123456T'],
    ['pnc-id', '1979/123456t', '1979/0123456T'],
    ['pnc-id', '79/123456T', '1979/0123456T'],
    ['pnc-id', '19790123456T', '1979/0123456T'],
    ['pnc-id', '2003/0000001W', '2003/0000001W'],
    ['pnc-id', '03/1W', '2003/0000001W'],
    ['cro-number', '123456/12U', '123456/12U'],
    ['noms-number', 'a1234aa', 'A1234AA'],
    ['asylum-support-reference', '260112345', '260112345'],
    ['asylum-support-reference', '2612123456', '2612123456'],
    ['utr', '19558 39661', '1955839661'],
    ['paye-reference', '000/ab123', '000/AB123'],
    ['child-benefit-number', 'CHB 00000000 AA', 'CHB00000000AA'],
    ['driver-number', 'MORGA 657054 SM9IJ', 'MORGA657054SM9IJ'],
    ['passport-number', '000000000', '000000000'],
    ['uprn', '000000199356', '199356'],
    ['usrn', '20600001', '20600001'],
    ['postcode', 'sw1a2aa', 'SW1A 2AA'],
    ['postcode', 'GIR 0AA', 'GIR 0AA'],
    ['postcode', 'M1 1AE', 'M1 1AE'],
    ['postcode', 'B33 8TH', 'B33 8TH'],
    ['postcode', 'CR2 6XH', 'CR2 6XH'],
    ['postcode', 'DN55 1PT', 'DN55 1PT'],
    ['postcode', 'W1A 0AX', 'W1A 0AX'],
    ['postcode', 'EC1A 1BB', 'EC1A 1BB'],
    ['name-dob-postcode', ' o’neill |1948-02-29| sw1a2aa', "O'NEILL|1948-02-29|SW1A 2AA"],
    ['name-dob-postcode', 'van  der Berg|2001-12-31|M1 1AE', 'VAN DER BERG|2001-12-31|M1 1AE'],
  ])('of type %s is accepted as %j and normalised to %j', (type, text, value) => {
    expect(parseIdentifier(type, text, AT)).toEqual({ ok: true, type, value });
  });

  it.each<[string, string, string]>([
    ['nhs-number', '9434765918', 'check-digit'],
    ['nhs-number', '1234567890', 'check-digit'],
    ['nhs-number', '0000000000', 'malformed'],
    ['nhs-number', '4444444444', 'malformed'],
    ['nhs-number', '9999999999', 'malformed'],
    ['nhs-number', '943476591', 'malformed'],
    ['nhs-number', `9434765919${' '.repeat(191)}`, 'malformed'],
    ['nhs-number', '94347659190', 'malformed'],
    ['nhs-number', '٩٤٣٤٧٦٥٩١٩', 'malformed'],
    ['chi-number', '3112990014', 'check-digit'],
    ['chi-number', '3102990010', 'impossible-date'],
    ['chi-number', '0013990010', 'impossible-date'],
    ['hc-number', '3999999994', 'check-digit'],
    ['nino', 'QQ123456A', 'malformed'],
    ...['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].map((p): [string, string, string] => [
      'nino',
      `${p}123456C`,
      'malformed',
    ]),
    ...['OO', 'CR', 'FY', 'MW', 'NC'].map((p): [string, string, string] => ['nino', `${p}123456C`, 'malformed']),
    ...Array.from('DFIQUV', (l): [string, string, string] => ['nino', `${l}A123456C`, 'malformed']),
    ...Array.from('DFIOQUV', (l): [string, string, string] => ['nino', `A${l}123456C`, 'malformed']),
    ['nino', 'NN123456E', 'malformed'],
    ['nino', 'NN123456', 'malformed'],
    ['nino', '11A11111', 'malformed'],
    ['upn', 'A801200005001', 'check-digit'],
    ['upn', 'I801200005001', 'malformed'],
    ['upn', 'UN1', 'malformed'],
    ['pnc-id', '1979/0123456U', 'check-digit'],
    ['pnc-id', '1879/0123456T', 'malformed'],
    ['pnc-id', '1979/01234567T', 'malformed'],
    ['cro-number', '123456/12V', 'check-digit'],
    ['cro-number', '1234567/12U', 'malformed'],
    ['cro-number', 'SF12/123456V', 'check-digit'],
    ['noms-number', 'A1234A', 'malformed'],
    ['asylum-support-reference', '261312345', 'malformed'],
    ['asylum-support-reference', '260012345', 'malformed'],
    ['asylum-support-reference', '26011234', 'malformed'],
    ['utr', '2955839661', 'check-digit'],
    ['paye-reference', '12/AB123', 'malformed'],
    ['child-benefit-number', 'CHB0000000AA', 'malformed'],
    ['driver-number', 'MORGA656314SM9IJ', 'impossible-date'],
    ['driver-number', 'MORGA613054SM9IJ', 'impossible-date'],
    ['driver-number', 'MO9GA657054SM9IJ', 'malformed'],
    ['passport-number', '00000000', 'malformed'],
    ['uprn', '1234567890123', 'malformed'],
    ['uprn', '000000000000', 'malformed'],
    ['uprn', '12A', 'malformed'],
    ['usrn', '123456789', 'malformed'],
    ['postcode', 'QA1 1AA', 'malformed'],
    ['postcode', 'SW1A 2CA', 'malformed'],
    ['name-dob-postcode', 'SMITH|2023-02-29|SW1A 2AA', 'impossible-date'],
    ['name-dob-postcode', 'SMITH|2023-13-01|SW1A 2AA', 'impossible-date'],
    ['name-dob-postcode', 'SMITH|01-02-2023|SW1A 2AA', 'malformed'],
    ['name-dob-postcode', 'SMITH|2023-01-01|SW1A 2AA|x', 'malformed'],
    ['name-dob-postcode', '|2023-01-01|SW1A 2AA', 'malformed'],
    ['name-dob-postcode', 'SMITH|2023-01-01|QA1 1AA', 'malformed'],
    ['email', 'a@example.org', 'unknown-type'],
    ['__proto__', '1', 'unknown-type'],
    ['constructor', '1', 'unknown-type'],
  ])('of type %s is refused as %j, as %s', (type, text, reason) => {
    expect(parseIdentifier(type, text, AT)).toEqual({ ok: false, reason });
  });

  it('of file-only records keeps its serial unpadded, because the check letter depends on it', () => {
    expect(valueOf('cro-number', 'SF12/000001P')).toBeUndefined();
    const fitting = Array.from('ZABCDEFGHJKLMNPQRTUVWXY', (letter) => valueOf('cro-number', `sf12/1${letter}`));
    expect(fitting.filter(Boolean)).toEqual([`SF12/1${'ZABCDEFGHJKLMNPQRTUVWXY'[121 % 23]}`]);
  });

  it('with a PNC year of two digits means this century up to this year, and the last one after it', () => {
    expect(valueOf('pnc-id', `26/1${'ZABCDEFGHJKLMNPQRTUVWXY'[260000001 % 23]}`)).toMatch(/^2026\//);
    expect(valueOf('pnc-id', `27/1${'ZABCDEFGHJKLMNPQRTUVWXY'[270000001 % 23]}`)).toMatch(/^1927\//);
    expect(parseIdentifier('pnc-id', '79/123456T')).toEqual({ ok: false, reason: 'malformed' });
  });

  it('of 29 February is accepted where the two-digit year can be a leap year, and refused where it cannot', () => {
    expect(faultOf('chi-number', '2902000000')).not.toBe('impossible-date');
    expect(faultOf('chi-number', '2902010000')).toBe('impossible-date');
  });

  it.each(TYPES)('of type %s has an example that its own rule accepts', (type) => {
    expect(valueOf(type, IDENTIFIER_TYPES[type].example)).toBe(IDENTIFIER_TYPES[type].example);
  });
});

describe('every rule', () => {
  const digits = (length: number): fc.Arbitrary<string> =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));

  it('reads what it returns as itself', () => {
    const spaced = fc.constantFrom(...TYPES).chain((type) =>
      fc.array(fc.constantFrom(' ', '-', ''), { minLength: 40, maxLength: 40 }).map((between) => ({
        type,
        text: Array.from(IDENTIFIER_TYPES[type].example, (c, i) => c + (between[i] ?? '')).join(''),
      })),
    );
    const anything = fc.record({
      type: fc.constantFrom(...TYPES),
      text: fc.oneof(
        fc.string({ unit: 'binary' }),
        digits(9),
        digits(10),
        fc.string().map((s) => `${s}|2001-02-03|M1 1AE`),
      ),
    });
    fc.assert(
      fc.property(fc.oneof(spaced, anything), ({ type, text }) => {
        const value = valueOf(type, text);
        if (value !== undefined) expect(valueOf(type, value)).toBe(value);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads surnames of any script as themselves once normalised', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (name) => {
        const value = valueOf('name-dob-postcode', `${name}|2001-02-03|M1 1AE`);
        if (value !== undefined) expect(valueOf('name-dob-postcode', value)).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a valid health number with any one digit changed', () => {
    for (const type of ['nhs-number', 'hc-number']) {
      fc.assert(
        fc.property(digits(9), fc.nat(9), fc.integer({ min: 1, max: 9 }), (first, place, shift) => {
          const valid = Array.from('0123456789', (check) => valueOf(type, first + check)).find(Boolean);
          fc.pre(valid !== undefined);
          const changed = (Number(valid?.[place]) + shift) % 10;
          expect(valueOf(type, `${valid?.slice(0, place)}${changed}${valid?.slice(place + 1)}`)).toBeUndefined();
        }),
      );
    }
  });

  it('accepts at most one check character for any pupil number and any CRO number', () => {
    fc.assert(
      fc.property(digits(12), digits(6), digits(2), (rest, serial, year) => {
        const letters = Array.from('ABCDEFGHJKLMNPQRTUVWXYZ');
        expect(letters.filter((letter) => valueOf('upn', letter + rest)).length).toBe(1);
        expect(letters.filter((letter) => valueOf('cro-number', `${serial}/${year}${letter}`)).length).toBe(1);
      }),
    );
  });

  it('gives one value for a UPRN however many noughts stand before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.nat(6), (number, noughts) => {
        expect(valueOf('uprn', '0'.repeat(noughts) + number)).toBe(String(number));
      }),
    );
  });

  it('refuses without throwing, and without the value, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom(...TYPES)),
        fc.string({ unit: 'binary', maxLength: 500 }),
        (type, text) => {
          const parsed = parseIdentifier(type, text, AT);
          if (!parsed.ok) expect(Object.keys(parsed)).toEqual(['ok', 'reason']);
        },
      ),
    );
  });
});
