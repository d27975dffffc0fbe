/** An officer looked up why an exchange was decided as it was. Nothing of a person. */
export interface ExplanationEntry {
  readonly claims: {
    readonly kind: 'explanation-read';
    readonly at: string;
    readonly exchangeId: string;
    readonly readBy: { readonly agency: string; readonly officer: string };
  };
  readonly detail: Record<string, never>;
}

/** An officer took records of their own agency's exchanges out of the gateway. Nothing of a person. */
export interface ExportEntry {
  readonly claims: {
    readonly kind: 'disclosures-exported';
    readonly at: string;
    readonly form:
      | 'evidence'
      | 'exchanges'
      | 'audit-events'
      | 'audit-event-bundle'
      | 'statistics'
      | 'published-statistics'
      | 'routine-sharing'
      | 'decision-form';
    readonly exportedBy: { readonly agency: string; readonly officer: string };
    /** RFC 3339, UTC: from this instant until before that one. Null for one exchange. */
    readonly period: { readonly from: string; readonly to: string } | null;
    /** Entries of the log that it was made of. */
    readonly treeSize: number;
    /** The place in the log that it went on after; null where it began at the beginning. */
    readonly after: number | null;
    /** Of a form about one exchange alone. */
    readonly exchangeId?: string;
  };
  readonly detail: Record<string, never>;
}

/** Who looks something up. An officer by the agency's own id for them. */
interface LookedUpBy {
  readonly agency: string;
  readonly officer: string;
}

/** An officer searched their agency's disclosures. */
export interface DisclosuresSearchedEntry {
  readonly claims: {
    readonly kind: 'disclosures-searched';
    readonly at: string;
    readonly searchedBy: LookedUpBy;
    /** What was searched by. */
    readonly filters: readonly string[];
    readonly found: number;
  };
  /** What the filters asked for; empty where nothing was found, so that only what the log has already is written here. */
  readonly detail: { readonly values: Readonly<Record<string, string>> };
}

/** An officer looked for a person. Handles in the view of the officer's agency, of the identifiers that were searched by. */
export interface PersonSearchedEntry {
  readonly claims: {
    readonly kind: 'person-searched';
    readonly at: string;
    readonly searchedBy: LookedUpBy;
    readonly found: number;
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** An officer looked for what a person permitted and refused. Handles as in {@link PersonSearchedEntry}. */
export interface PermissionsSearchedEntry {
  readonly claims: {
    readonly kind: 'permissions-searched';
    readonly at: string;
    readonly searchedBy: LookedUpBy;
    readonly found: number;
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** An officer read one permission that their agency recorded. Nothing of a person. */
export interface PermissionReadEntry {
  readonly claims: {
    readonly kind: 'permission-read';
    readonly at: string;
    readonly permission: string;
    readonly readBy: LookedUpBy;
  };
  readonly detail: Record<string, never>;
}

/** An officer had a report made for a person of what was shared about them, and what was left out of it. */
export interface SubjectAccessReportedEntry {
  readonly claims: {
    readonly kind: 'subject-access-reported';
    readonly at: string;
    /** Id of the report, which is not kept. */
    readonly report: string;
    readonly reportedBy: LookedUpBy;
    /** How many exchanges and decisions not to share are in the report. */
    readonly disclosures: number;
    /** How many records were left out of it. */
    readonly withheld: number;
  };
  readonly detail: {
    readonly subjectHandles: readonly string[];
    /** Exchanges, and decisions not to share. */
    readonly withheldDisclosures: readonly string[];
    readonly withheldStatements: readonly string[];
  };
}
