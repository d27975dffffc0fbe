import type { LegalBasesCatalogue } from '../legal-bases/index.js';

/** What tells that a party to an exchange processed under Part 3 of the DPA 2018. */
export interface LawEnforcementSigns {
  /** Ids of legal bases. */
  readonly legalBases: readonly string[];
  /** Codes of purposes; for exchanges of which no stack is known, because nothing covered them. */
  readonly purposes: readonly string[];
}

/**
 * By the catalogue: the lawful bases of Part 3, and the purposes that the permissive ones among them cover. Exemptions from
 * the UK GDPR for crime (DPA 2018 Sch. 2) and the police's power at common law are of the same kind there and are no Part 3
 * processing.
 */
export function lawEnforcementSigns(catalogue: LegalBasesCatalogue): LawEnforcementSigns {
  const bases = catalogue
    .all()
    .filter(({ kind, supplies }) => kind === 'law-enforcement' && supplies.includes('lawful-basis'));
  const listed = bases.filter(({ effect }) => effect === 'permissive').flatMap(({ permits }) => permits.purposes);
  return {
    legalBases: bases.map(({ id }) => id),
    purposes: catalogue
      .purposes()
      .map(({ code }) => code)
      .filter((code) => catalogue.covers(code, listed)),
  };
}
