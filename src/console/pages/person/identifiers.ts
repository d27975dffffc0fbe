import {
  IDENTIFIER_TYPES,
  parseIdentifier,
  type Identifier,
  type IdentifierRule,
} from '../../../subject-handles/index.js';
import type { Fault } from '../../page.js';

/** Identifiers that can be given at once. */
const ROWS = [1, 2, 3];

/** The types that stand for a person: a place is shared. */
export const PERSON_TYPES: readonly { readonly value: string; readonly text: string; readonly example: string }[] =
  Object.entries<IdentifierRule>(IDENTIFIER_TYPES)
    .filter(([, { names }]) => names === 'person')
    .map(([value, { title, example }]) => ({ value, text: title, example }));

/** A row of the form, as it was filled in. */
export interface IdentifierRow {
  readonly place: number;
  readonly type: string;
  readonly value: string;
}

export const EMPTY_ROWS: readonly IdentifierRow[] = ROWS.map((place) => ({ place, type: 'nhs-number', value: '' }));

/**
 * Reads the identifiers of one person out of a form that was posted: fields `type` and `value`, once for each row.
 * INVARIANT: 1. They are given back to the page that they came from, and to nobody else.
 */
export function readIdentifiers(form: Readonly<Record<string, readonly string[]>>): {
  readonly rows: readonly IdentifierRow[];
  readonly identifiers: readonly Identifier[];
  readonly faults: readonly Fault[];
} {
  const rows = EMPTY_ROWS.map(({ place, type }) => ({
    place,
    type: form['type']?.[place - 1] ?? type,
    value: form['value']?.[place - 1]?.trim() ?? '',
  }));
  const filled = rows.filter(({ value }) => value !== '');
  const read = filled.map((row) => ({ row, parsed: parseIdentifier(row.type, row.value) }));
  const faults = [
    ...(filled.length === 0 ? [{ field: 'value-1', text: 'Enter an identifier of the person' }] : []),
    ...read.flatMap(({ row: { place, type }, parsed }) => {
      if (!PERSON_TYPES.some(({ value }) => value === type)) return [fault('type', place, 'Choose what it is')];
      const isSecond = filled.some((other) => other.type === type && other.place < place);
      if (isSecond) return [fault('type', place, 'Give each kind of identifier once')];
      return parsed.ok ? [] : [fault('value', place, FAULTS[parsed.reason])];
    }),
  ];
  const identifiers = read.flatMap(({ parsed }) => (parsed.ok ? [{ type: parsed.type, value: parsed.value }] : []));
  return { rows, identifiers, faults };
}

const fault = (field: string, place: number, text: string): Fault => ({ field: `${field}-${place}`, text });

const FAULTS = {
  'unknown-type': 'Choose what it is',
  malformed: 'That is not written as one of this kind is: see the examples',
  'check-digit': 'Its check digit does not fit: compare it with where you have it from',
  'impossible-date': 'It has a date in it that does not exist',
} as const;
