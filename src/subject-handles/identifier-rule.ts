/** Why a value is not an identifier of its type. */
export type IdentifierFault = 'malformed' | 'check-digit' | 'impossible-date';

/** What a rule makes of a text: the one normal form of the identifier, or why it is none. */
export type Reading = { readonly value: string } | { readonly fault: IdentifierFault };

/** A type of identifier, for documentation and for reading values of it. */
export interface IdentifierRule {
  readonly title: string;
  /** What an identifier of this type stands for. */
  readonly names: 'person' | 'place' | 'organisation';
  /** A value that satisfies the rule and stands for no person. */
  readonly example: string;
  /** Why the example stands for no person. */
  readonly exampleNote: string;
  /** Where the rule comes from; "general knowledge" where no source was read. */
  readonly source: string;
  /**
   * Whether a text of this form can hardly be anything else, so that it is refused where no identifier belongs. Left off
   * for forms that other numbers often have.
   */
  readonly distinctive: boolean;
  /**
   * Normalises a text and checks it: form, check digits, dates. A value that it returns is read as itself.
   * @param thisYear For types that carry a year of two digits: the current year
   */
  read(text: string, thisYear: number | undefined): Reading;
}

export const MALFORMED: Reading = { fault: 'malformed' };
export const WRONG_CHECK_DIGIT: Reading = { fault: 'check-digit' };
export const IMPOSSIBLE_DATE: Reading = { fault: 'impossible-date' };

/** Upper case, without spaces and hyphens: how people write almost every identifier for reading. */
export function compact(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toUpperCase();
}

/** Reads identifiers that have a form and nothing to calculate. */
export function byForm(form: RegExp): IdentifierRule['read'] {
  return (text) => {
    const value = compact(text);
    return form.test(value) ? { value } : MALFORMED;
  };
}

/** Whether a day exists in the Gregorian calendar. Month 1 to 12. */
export function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Whether a day exists in 19YY or 20YY. */
export function isDayOfShortYear(shortYear: number, month: number, day: number): boolean {
  return isDay(1900 + shortYear, month, day) || isDay(2000 + shortYear, month, day);
}
