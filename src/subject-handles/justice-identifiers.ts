import { byForm, compact, MALFORMED, WRONG_CHECK_DIGIT, type IdentifierRule, type Reading } from './identifier-rule.js';

/** Identifiers of policing, courts and prisons. */
export const JUSTICE_IDENTIFIERS = {
  'pnc-id': {
    title: 'Police National Computer id',
    names: 'person',
    example: '1979/0123456T',
    exampleNote: 'made up: there is no range for tests',
    source: 'ministryofjustice/hmpps-person-record, PNCIdentifier.kt',
    distinctive: true,
    read: readPncId,
  },
  'cro-number': {
    title: 'Criminal Records Office number',
    names: 'person',
    example: '123456/12U',
    exampleNote: 'made up: there is no range for tests',
    source: 'ministryofjustice/hmpps-person-record, CROIdentifier.kt',
    distinctive: true,
    read: readCroNumber,
  },
  'noms-number': {
    title: 'Prisoner number (NOMS)',
    names: 'person',
    example: 'A1234AA',
    exampleNote: 'made up: there is no range for tests',
    source: 'ministryofjustice/prisoner-offender-search',
    distinctive: true,
    read: byForm(/^[A-Z]\d{4}[A-Z]{2}$/),
  },
} as const satisfies Record<string, IdentifierRule>;

/** Check letter of the PNC id and the CRO number: the number of two-digit year and serial, modulo 23, in this alphabet. */
const CHECK_LETTERS = 'ZABCDEFGHJKLMNPQRTUVWXY';
function hasCheckLetter(yearAndSerial: string, letter: string): boolean {
  return CHECK_LETTERS[Number(yearAndSerial) % 23] === letter;
}

/**
 * Normal form `YYYY/NNNNNNNC`. The year may have two digits, up to this year's meaning 20YY and later ones 19YY; where the
 * current year is not known, it must have four. Without a stroke both readings are tried, and one of them must fit.
 */
function readPncId(text: string, thisYear: number | undefined): Reading {
  const compacted = compact(text);
  if (!/^\d{2}(\d{2})?\/?\d{1,7}[A-Z]$/.test(compacted)) return MALFORMED;
  const readings = [/^((?:19|20)\d\d)\/?(\d{1,7})([A-Z])$/, /^(\d\d)\/?(\d{1,7})([A-Z])$/]
    .map((form) => form.exec(compacted))
    .filter((match) => match !== null)
    .map(([, year = '', serial = '', letter = '']) => ({
      year: fullYear(year, thisYear),
      serial: serial.padStart(7, '0'),
      letter,
    }))
    .filter(({ year }) => year !== undefined);
  const fitting = readings.filter(({ year, serial, letter }) => hasCheckLetter(`${year?.slice(2)}${serial}`, letter));
  const [only] = fitting;
  if (only && fitting.length === 1) return { value: `${only.year}/${only.serial}${only.letter}` };
  return readings.length > 0 && fitting.length === 0 ? WRONG_CHECK_DIGIT : MALFORMED;
}

function fullYear(year: string, thisYear: number | undefined): string | undefined {
  if (year.length === 4) return year;
  if (thisYear === undefined) return undefined;
  return `${Number(year) <= thisYear % 100 ? '20' : '19'}${year}`;
}

/** `serial/YYC` with the serial padded to six digits, or for file-only records `SFYY/serialC`, where it is not padded. */
function readCroNumber(text: string): Reading {
  const compacted = compact(text);
  const standard = /^(\d{1,6})\/(\d\d)([A-Z])$/.exec(compacted);
  if (standard) {
    const [, serial = '', year = '', letter = ''] = standard;
    const padded = serial.padStart(6, '0');
    return hasCheckLetter(year + padded, letter) ? { value: `${padded}/${year}${letter}` } : WRONG_CHECK_DIGIT;
  }
  const fileOnly = /^SF(\d\d)\/(\d{1,6})([A-Z])$/.exec(compacted);
  if (!fileOnly) return MALFORMED;
  const [, year = '', serial = '', letter = ''] = fileOnly;
  return hasCheckLetter(year + serial, letter) ? { value: compacted } : WRONG_CHECK_DIGIT;
}
