import { compact, MALFORMED, type IdentifierRule, type Reading } from './identifier-rule.js';

/** Identifiers of places. With a person beside them they are personal data. */
export const PLACE_IDENTIFIERS = {
  uprn: {
    title: 'Unique property reference number',
    names: 'place',
    example: '199356',
    exampleNote: 'a public library',
    source: 'GeoPlace; public-sector standard since 1 July 2020',
    distinctive: false,
    read: byNumber(/^\d{1,12}$/),
  },
  usrn: {
    title: 'Unique street reference number',
    names: 'place',
    example: '20600001',
    exampleNote: 'made up: there is no range for tests',
    source: 'general knowledge',
    distinctive: false,
    read: byNumber(/^\d{1,8}$/),
  },
  postcode: {
    title: 'Postcode',
    names: 'place',
    example: 'SW1A 2AA',
    exampleNote: 'a public building',
    source: 'general knowledge',
    distinctive: false,
    read: readPostcode,
  },
} as const satisfies Record<string, IdentifierRule>;

const POSTCODE =
  /^(GIR0AA|([A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-PR-UWYZ]\d[A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY])\d[ABD-HJLNP-UW-Z]{2})$/;

/** Normal form with one space before the last three characters. */
export function readPostcode(text: string): Reading {
  const compacted = compact(text);
  return POSTCODE.test(compacted) ? { value: `${compacted.slice(0, -3)} ${compacted.slice(-3)}` } : MALFORMED;
}

/** Numbers that are the same with and without leading zeros; their normal form has none. Nought names nothing. */
function byNumber(form: RegExp): IdentifierRule['read'] {
  return (text) => {
    const compacted = compact(text);
    const value = compacted.replace(/^0+/, '');
    return form.test(compacted) && value !== '' ? { value } : MALFORMED;
  };
}
