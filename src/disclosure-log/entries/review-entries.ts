/** What an agency found when it reviewed a disclosure by an override. */
export interface ReviewAnswerEntry {
  readonly claims: {
    readonly kind: 'override-review-answered';
    readonly at: string;
    readonly exchangeId: string;
    readonly review: string;
    readonly answeredBy: { readonly agency: string; readonly officer: string };
    readonly outcome: string;
    readonly measures: readonly string[];
  };
  readonly detail: Record<string, never>;
}

/** An officer looked at an alert, began to look into it, or closed it. Nothing of a person. */
export interface AlertEntry {
  readonly claims: {
    readonly kind: 'alert-read' | 'alert-investigated' | 'alert-closed';
    readonly at: string;
    readonly alert: string;
    readonly alertKind: string;
    /** `null`: whoever runs the gateway. */
    readonly by: { readonly agency: string; readonly officer: string } | null;
    /** Of one that was closed: one of a closed list. */
    readonly outcome: string | null;
  };
  readonly detail: Record<string, never>;
}
