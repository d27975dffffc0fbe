import type { LegalBasis, Purpose } from './legal-basis.js';

/** What is wrong with the catalogue, and in which of its two files. */
export interface CatalogueFault {
  readonly about: 'legal-bases' | 'purposes';
  readonly reason: string;
}

/**
 * Says the first thing that is wrong with a catalogue beyond what its JSON Schemas can say, or `undefined`: an id or code
 * that occurs twice, a reference to one that does not exist, a purpose broader than itself, a power for any purpose, a
 * restriction that fills a part of a stack.
 */
export function catalogueFault(
  legalBases: readonly LegalBasis[],
  purposes: readonly Purpose[],
): CatalogueFault | undefined {
  const codes = new Map(purposes.map((purpose) => [purpose.code, purpose]));
  const ids = new Set(legalBases.map((basis) => basis.id));
  const reason =
    twice(purposes.map(({ code }) => code)) ?? firstOf(purposes, (purpose) => purposeFault(purpose, codes));
  if (reason) return { about: 'purposes', reason };
  const other = twice(legalBases.map(({ id }) => id)) ?? firstOf(legalBases, (basis) => basisFault(basis, ids, codes));
  return other ? { about: 'legal-bases', reason: other } : undefined;
}

function purposeFault(purpose: Purpose, codes: ReadonlyMap<string, Purpose>): string | undefined {
  const unknown = purpose.broader.find((code) => !codes.has(code));
  if (unknown) return `${purpose.code} names the broader purpose ${unknown}, which is not in the file`;
  const broader = new Set(purpose.broader);
  for (const code of broader) for (const next of codes.get(code)?.broader ?? []) broader.add(next);
  return broader.has(purpose.code) ? `${purpose.code} is broader than itself` : undefined;
}

function basisFault(
  basis: LegalBasis,
  ids: ReadonlySet<string>,
  codes: ReadonlyMap<string, Purpose>,
): string | undefined {
  const companion = basis.needs.flat().find((id) => !ids.has(id));
  if (companion) return `${basis.id} needs ${companion}, which is not in the file`;
  const barred =
    basis.bars?.flatMap(({ purposes = [], exceptPurposes = [] }) => [...purposes, ...exceptPurposes]) ?? [];
  const purpose = [...basis.permits.purposes, ...barred].find((code) => code !== '*' && !codes.has(code));
  if (purpose) return `${basis.id} names the purpose ${purpose}, which is not in purposes.json`;
  if (basis.supplies.includes('power-or-duty') && basis.permits.purposes.includes('*')) {
    return `${basis.id} is a power or duty for any purpose, and the purposes of one are a closed list`;
  }
  if (basis.effect === 'restriction' && basis.supplies.length > 0) return `${basis.id} restricts, so it fills no part`;
  return undefined;
}

function twice(names: readonly string[]): string | undefined {
  const name = names.find((one, index) => names.indexOf(one) !== index);
  return name === undefined ? undefined : `${name} occurs twice`;
}

function firstOf<T>(all: readonly T[], fault: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = fault(one);
    if (found) return found;
  }
  return undefined;
}
