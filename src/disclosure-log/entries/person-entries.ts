/** A change of a permission. The person stands behind it as handles in the recording agency's view. */
export interface PermissionEntry {
  readonly claims: {
    readonly kind: 'permission-given' | 'permission-refused' | 'permission-withdrawn';
    readonly at: string;
    readonly permission: string;
    readonly permissionKind: string;
    /** The system that recorded it, or the officer who withdrew it. */
    readonly recordedBy:
      { readonly agency: string; readonly system: string } | { readonly agency: string; readonly officer: string };
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** A statement about sharing was recorded or lifted. The person stands behind it as handles in the recording agency's view. */
export interface StatementEntry {
  readonly claims: {
    readonly kind: 'statement-recorded' | 'statement-lifted';
    readonly at: string;
    readonly statement: string;
    readonly statementKind: string;
    readonly says: 'share' | 'do-not-share';
    readonly recordedBy: { readonly agency: string; readonly system: string };
  };
  readonly detail: { readonly subjectHandles: readonly string[] };
}

/** A recipient took note that a person said no to what it had got data on. */
export interface AcknowledgementEntry {
  readonly claims: {
    readonly kind: 'withdrawal-acknowledged';
    readonly at: string;
    /** Id of the permission that was withdrawn, or of the refusal. */
    readonly notice: string;
    readonly acknowledgedBy: { readonly agency: string; readonly system: string };
  };
  readonly detail: Record<string, never>;
}

/** What a receipt says of a decision not to share that a person made: about a request that did not come through the gateway. */
export interface DecisionNotToShareClaims {
  readonly kind: 'decision-not-to-share';
  /** The id that it is found by, as a refusal has one; nothing was brokered. */
  readonly exchangeId: string;
  readonly at: string;
  /** The agency that holds the items and decided. */
  readonly supplier: string;
  /** The system or officer that recorded it. */
  readonly recordedBy: string;
  /** Who asked. Not called the requester: it sees nothing of this entry. */
  readonly askedBy: string;
  readonly items: readonly string[];
  readonly purpose: string;
  readonly reason: string;
  /** Legal bases that were considered. */
  readonly legalBasis: readonly string[];
  readonly decidedBy: { readonly staffId: string; readonly role: string };
}

export interface DecisionNotToShareEntry {
  readonly claims: DecisionNotToShareClaims;
  /** In the view of the agency that decided; empty where no person was named. */
  readonly detail: { readonly subjectHandles: readonly string[] };
}
