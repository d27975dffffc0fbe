import {
  byForm,
  compact,
  IMPOSSIBLE_DATE,
  isDayOfShortYear,
  MALFORMED,
  WRONG_CHECK_DIGIT,
  type IdentifierRule,
  type Reading,
} from './identifier-rule.js';

/** Identifiers of tax, benefits, education, migration and licensing. */
export const CIVIL_IDENTIFIERS = {
  nino: {
    title: 'National Insurance number',
    names: 'person',
    example: 'NN123456C',
    exampleNote: 'test data of the Department for Education; QQ123456A, the official specimen, must fail the rule',
    source: 'HMRC National Insurance Manual NIM39110',
    distinctive: true,
    read: readNino,
  },
  upn: {
    title: 'Unique pupil number (England)',
    names: 'person',
    example: 'B801200005001',
    exampleNote: 'the worked example of the published rule',
    source: 'python-stdnum gb/upn.py; DfE rule 168',
    distinctive: true,
    read: readUpn,
  },
  'asylum-support-reference': {
    title: 'Asylum support reference',
    names: 'person',
    example: '991212345',
    exampleNote: 'made up, with a month that has not come yet',
    source: 'DfE free school meals eligibility front end, NassAttribute',
    distinctive: false,
    read: byForm(/^\d{2}(0[1-9]|1[0-2])\d{5,6}$/),
  },
  utr: {
    title: 'Unique taxpayer reference',
    names: 'person',
    example: '1955839661',
    exampleNote: 'the worked example of the rule',
    source: 'general knowledge',
    distinctive: false,
    read: readUtr,
  },
  'paye-reference': {
    title: 'Employer PAYE reference',
    names: 'organisation',
    example: '000/AB123',
    exampleNote: 'made up: there is no range for tests',
    source: 'general knowledge',
    distinctive: false,
    read: byForm(/^\d{3}\/[A-Z0-9]{1,10}$/),
  },
  'child-benefit-number': {
    title: 'Child Benefit number',
    names: 'person',
    example: 'CHB00000000AA',
    exampleNote: 'made up: there is no range for tests',
    source: 'general knowledge',
    distinctive: true,
    read: byForm(/^CHB\d{8}[A-Z]{2}$/),
  },
  'driver-number': {
    title: 'Driver number (Great Britain)',
    names: 'person',
    example: 'MORGA657054SM9IJ',
    exampleNote: 'the specimen licence',
    source: 'general knowledge: surname, date of birth, initials, which makes it personal data in itself',
    distinctive: true,
    read: readDriverNumber,
  },
  'passport-number': {
    title: 'Passport number (United Kingdom, recent books)',
    names: 'person',
    example: '000000000',
    exampleNote: 'made up: there is no range for tests',
    source: 'general knowledge',
    distinctive: false,
    read: byForm(/^\d{9}$/),
  },
} as const satisfies Record<string, IdentifierRule>;

/** Seven prefixes are barred, and five are administrative, which makes the number no National Insurance number. */
const NINO = /^(?!BG|GB|KN|NK|NT|TN|ZZ)(?!OO|CR|FY|MW|NC)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]\d{6}[A-D]$/;
function readNino(text: string): Reading {
  return byForm(NINO)(text, undefined);
}

const UPN_LETTERS = 'ABCDEFGHJKLMNPQRTUVWXYZ';

/**
 * The first letter checks the rest: each of positions 2 to 13 times its value, summed, modulo 23; a letter counts as its
 * place in the alphabet. `UN1` to `UN5` ("unknown") name nobody and are refused.
 */
function readUpn(text: string): Reading {
  const value = compact(text);
  if (!/^[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]$/.test(value)) return MALFORMED;
  const sum = Array.from(value.slice(1)).reduce((total, character, place) => {
    const worth = /\d/.test(character) ? Number(character) : UPN_LETTERS.indexOf(character);
    return total + (place + 2) * worth;
  }, 0);
  return UPN_LETTERS[sum % 23] === value[0] ? { value } : WRONG_CHECK_DIGIT;
}

const UTR_WEIGHTS = [6, 7, 8, 9, 10, 5, 4, 3, 2];

/** The first digit checks the other nine: weighted sum modulo 11, looked up. */
function readUtr(text: string): Reading {
  const value = compact(text);
  if (!/^\d{10}$/.test(value)) return MALFORMED;
  const sum = UTR_WEIGHTS.reduce((total, weight, place) => total + weight * Number(value[place + 1]), 0);
  return '21987654321'[sum % 11] === value[0] ? { value } : WRONG_CHECK_DIGIT;
}

const DRIVER_NUMBER =
  /^(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999|[A-Z]9999)(\d)([0156]\d)(\d\d)(\d)(?:[A-Z]{2}|[A-Z]9|99)[A-Z0-9][A-Z]{2}$/;

/** Decade, month (plus 50 for a woman), day and year of the decade stand in the middle. */
function readDriverNumber(text: string): Reading {
  const value = compact(text);
  const [, decade, month, day, year] = DRIVER_NUMBER.exec(value) ?? [];
  if (decade === undefined) return MALFORMED;
  return isDayOfShortYear(Number(`${decade}${year}`), Number(month) % 50, Number(day)) ? { value } : IMPOSSIBLE_DATE;
}
