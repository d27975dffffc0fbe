import type { System } from '../agencies/index.js';
import type { AgreementDraft, AgreementSignature } from '../agreements/index.js';
import type { Register } from '../definitions/register.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';

/** Everything that the documents are made of. They are pure functions of it. */
export interface AgreementSource {
  readonly agreement: AgreementDraft;
  /** SHA-256 over RFC 8785, lower-case hexadecimal; see `canonicalAgreement` of `agreements`. */
  readonly hash: string;
  /** The signatures over exactly this text. Each MUST have been verified: a document says of every one that it was. */
  readonly signatures: readonly AgreementSignature[];
  /** Where names, sensitivities and descriptions come from. What it does not know is named by its id and said to be unknown. */
  readonly register: Pick<Register, 'agency' | 'dataService'>;
  /** Every registered system of the parties; others are left out. */
  readonly systems: readonly System[];
  readonly legalBases: LegalBasesCatalogue;
  /** The day on which the document is made, UTC, `YYYY-MM-DD`. Given by the caller; no document reads a clock. */
  readonly on: string;
}

/** The parties without a signature. Empty when every party has signed. */
export function partiesStillToSign({ agreement, signatures }: AgreementSource): string[] {
  return agreement.parties.filter((party) => !signatures.some(({ agency }) => agency === party));
}
