import { looksLikePersonIdentifier } from '../subject-handles/index.js';

/** E.g. `IG-2026-0042`, `INC0012345`: two to four capital letters, perhaps a year, and one number. */
const FORM = /^[A-Z]{2,4}[-/]?(?:\d{4}[-/])?\d{1,10}$/;

/** What a reference must be, for whoever has to write one. */
export const REFERENCE_RULE =
  'two to four capital letters, perhaps a year, and one number, such as IG-2026-0042; nothing that could be an identifier of a person or a date of birth';

/**
 * Whether a text may stand as the reference of an incident in the agency's own system.
 *
 * INVARIANT: 1. It is the one text of their own that officers write about an alert, so it has room for nothing else: no words,
 * no date written as one, and no number that could be somebody's.
 */
export function isIncidentReference(text: string): boolean {
  if (text.length > 20 || !FORM.test(text)) return false;
  // What begins at any character, so that no prefix hides it. A National Insurance number is often without its last letter.
  const bare = text.replaceAll(/[-/]/g, '');
  const readings = [text, bare, `${bare}A`].flatMap((form) => Array.from(form, (_, start) => form.slice(start)));
  return !readings.some(looksLikePersonIdentifier) && !DATE.test(text.replaceAll(/\D/g, ''));
}

/** All digits are a day: of a year of four digits, which comes first or last, or of two. */
const DATE =
  /^(?:\d{4}|\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$|^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:\d{4}|\d{2})$/;
