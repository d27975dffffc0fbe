import type { ReceiptClaims } from '../../sdk/index.js';
import type { LegalBasesCatalogue } from '../../src/legal-bases/index.js';

/** The legal bases that what was permitted rests on, or that whoever refused considered, by id, each once. */
export const basesOf = (claims: ReceiptClaims): string[] =>
  claims.kind === 'decision-not-to-share'
    ? [...claims.legalBasis]
    : [...new Set(claims.items.flatMap((item) => item.legalBasis))];

/** A legal basis as its title, and where in law it stands. */
export function basisInWords(catalogue: LegalBasesCatalogue, id: string): string {
  const basis = catalogue.get(id);
  return basis ? `${basis.title} (${basis.instrument}, ${basis.provision})` : id;
}

export const titleOf = (catalogue: LegalBasesCatalogue, id: string): string => catalogue.get(id)?.title ?? id;

/** A value of an item as a person reads it. */
export function valueInWords(value: unknown): string {
  if (value === null) return 'nothing is held';
  if (Array.isArray(value)) return value.map(valueInWords).join('; ');
  if (typeof value === 'object') return Object.values(value).map(valueInWords).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
