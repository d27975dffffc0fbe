/** First and last index of entries that stand one after the other. */
export type IndexRange = readonly [first: number, last: number];

/** The bodies of entries were erased, in the transaction that records this. Nothing of a person. */
export interface BodiesErasedEntry {
  readonly claims: {
    readonly kind: 'bodies-erased';
    readonly at: string;
    /** Ascending; each body of these was there before, and none is now. */
    readonly erased: readonly IndexRange[];
    readonly reason: 'retention-ended' | 'ordered';
    readonly orderedBy: { readonly agency: string; readonly officer: string } | null;
    /** Of an ordered erasure: the order, and the second officer. */
    readonly order?: {
      readonly id: string;
      readonly ground: string;
      readonly confirmedBy: { readonly agency: string; readonly officer: string };
    };
    /** Those of them in which a party processed for law enforcement: to that party this is the `erasure` of DPA 2018 s.62. */
    readonly lawEnforcement?: { readonly operation: 'erasure'; readonly erased: readonly IndexRange[] };
  };
  readonly detail: Record<string, never>;
}

/** An officer ordered that what is on record of exchanges be erased; carried out when another officer confirms it. */
export interface ErasureOrderedEntry {
  readonly claims: {
    readonly kind: 'erasure-ordered';
    readonly at: string;
    readonly order: string;
    readonly exchanges: readonly string[];
    /** One of a closed list. */
    readonly ground: string;
    readonly orderedBy: { readonly agency: string; readonly officer: string };
  };
  readonly detail: Record<string, never>;
}

/** An officer had entries kept whatever their retention says, or let go of them again. */
export interface LegalHoldEntry {
  readonly claims: {
    readonly kind: 'legal-hold-placed' | 'legal-hold-lifted';
    readonly at: string;
    readonly hold: string;
    readonly by: { readonly agency: string; readonly officer: string };
    /** One of a closed list. */
    readonly reason: string;
    readonly exchanges: readonly string[] | null;
    readonly agreement: string | null;
  };
  /** In the view of the agency; empty for a hold that names no person. */
  readonly detail: { readonly subjectHandles: readonly string[] };
}
