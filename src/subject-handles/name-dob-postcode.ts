import { IMPOSSIBLE_DATE, isDay, MALFORMED, type IdentifierRule, type Reading } from './identifier-rule.js';
import { readPostcode } from './place-identifiers.js';

/**
 * The fallback for a person without a number that both agencies know: `SURNAME|YYYY-MM-DD|POSTCODE`. Two people may share
 * one, so a supplier answers it with match, possible or none, and never with candidates.
 */
export const NAME_DOB_POSTCODE = {
  title: 'Surname, date of birth and postcode',
  names: 'person',
  example: 'EXAMPLE|1900-01-01|SW1A 2AA',
  exampleNote: 'made up, with the postcode of a public building',
  source: 'general knowledge',
  distinctive: true,
  read: readNameDobPostcode,
} as const satisfies IdentifierRule;

function readNameDobPostcode(text: string): Reading {
  const [surname = '', date = '', postcode = '', ...more] = text.split('|').map((part) => part.trim());
  const name = readSurname(surname);
  const [, year, month, day] = /^((?:18|19|20)\d\d)-(\d\d)-(\d\d)$/.exec(date) ?? [];
  const place = readPostcode(postcode);
  if (more.length > 0 || name === undefined || year === undefined || 'fault' in place) return MALFORMED;
  if (!isDay(Number(year), Number(month), Number(day))) return IMPOSSIBLE_DATE;
  return { value: `${name}|${date}|${place.value}` };
}

/** Upper case, one space between words, straight apostrophes. Letters of any script; accents stay, as they tell names apart. */
function readSurname(text: string): string | undefined {
  const upper = text.normalize('NFC').toUpperCase().normalize('NFC');
  const name = upper.replaceAll(/[‘’ʼ]/g, "'").replaceAll(/\s+/g, ' ');
  return /^\p{L}[\p{L}\p{M}' -]{0,69}$/u.test(name) ? name : undefined;
}
