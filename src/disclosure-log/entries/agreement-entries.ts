/** Definitions were applied: which revision, and what changed, in words. */
export interface DefinitionsEntry {
  readonly claims: { readonly kind: 'definitions-applied'; readonly at: string; readonly revision: number };
  readonly detail: { readonly changes: readonly string[] };
}

/** A step in the life of an agreement, and which officer of which party took it. */
export interface AgreementEntry {
  readonly claims: {
    readonly kind:
      | 'agreement-drafted'
      | 'agreement-proposed'
      | 'agreement-signature-asked'
      | 'agreement-signed'
      | 'agreement-suspended'
      | 'agreement-resume-agreed'
      | 'agreement-resumed'
      | 'agreement-revoked';
    readonly at: string;
    readonly agreement: { readonly id: string; readonly version: number; readonly hash: string };
    /** The officer by the agency's own id for them. */
    readonly by: { readonly agency: string; readonly officer: string };
    /** Of a suspension or revocation: one of a closed list. */
    readonly reason: string | null;
    /** The register's revision from which the step binds; null for one that changes nothing that is disclosed under. */
    readonly revision: number | null;
  };
  readonly detail: Record<string, never>;
}
