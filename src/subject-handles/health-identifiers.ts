import {
  compact,
  IMPOSSIBLE_DATE,
  isDayOfShortYear,
  MALFORMED,
  WRONG_CHECK_DIGIT,
  type IdentifierRule,
  type Reading,
} from './identifier-rule.js';

/** Health numbers of the four nations. All have ten digits and the same check digit, so the type tells them apart. */
export const HEALTH_IDENTIFIERS = {
  'nhs-number': {
    title: 'NHS number (England and Wales)',
    names: 'person',
    example: '9990000018',
    exampleNote: 'in the range 999, which is for synthetic data (general knowledge)',
    source: 'NHS Data Dictionary, NHS NUMBER',
    distinctive: true,
    read: readTenDigits,
  },
  'chi-number': {
    title: 'CHI number (Scotland)',
    names: 'person',
    example: '3112990013',
    exampleNote: 'made up: there is no range for tests',
    source: 'general knowledge: DDMMYY and four digits, check digit as for the NHS number',
    distinctive: true,
    read: readChiNumber,
  },
  'hc-number': {
    title: 'Health and care number (Northern Ireland)',
    names: 'person',
    example: '3999999993',
    exampleNote: 'made up: there is no range for tests',
    source: 'general knowledge: check digit as for the NHS number',
    distinctive: true,
    read: readTenDigits,
  },
} as const satisfies Record<string, IdentifierRule>;

/** Ten identical digits are refused although 0000000000, 4444444444 and 9999999999 satisfy the check. */
function readTenDigits(text: string): Reading {
  const value = compact(text);
  if (!/^\d{10}$/.test(value) || /^(\d)\1{9}$/.test(value)) return MALFORMED;
  return hasModulus11CheckDigit(value) ? { value } : WRONG_CHECK_DIGIT;
}

/** A CHI number starts with the date of birth. */
function readChiNumber(text: string): Reading {
  const value = compact(text);
  const [, day, month, year] = /^(\d\d)(\d\d)(\d\d)\d{4}$/.exec(value) ?? [];
  if (day === undefined) return MALFORMED;
  if (!isDayOfShortYear(Number(year), Number(month), Number(day))) return IMPOSSIBLE_DATE;
  return readTenDigits(value);
}

/** Weights 10 to 2 over the first nine digits; 11 less the sum modulo 11 is the tenth, 11 counts as 0, and 10 is never valid. */
function hasModulus11CheckDigit(digits: string): boolean {
  const sum = Array.from(digits.slice(0, 9)).reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}
