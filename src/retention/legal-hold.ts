/** Why entries are kept whatever their retention says: a closed list, because a free text would carry what must not stay. */
export const HOLD_REASONS = [
  'court-proceedings',
  'criminal-investigation',
  'inquest-or-inquiry',
  'regulator-investigation',
  'complaint',
  'incident',
  'request-of-the-person',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** What a hold keeps: entries of exchanges, of all exchanges under an agreement, or about a person; one of the three. */
export interface HeldMatter {
  readonly exchanges: readonly string[] | null;
  /** Exchanges under any version of it in which the agency is requester or supplier. */
  readonly agreement: string | null;
  /** In the view of the agency alone; never told. */
  readonly subjectHandles: readonly string[] | null;
}

/** An officer had entries kept until somebody lifts the hold. What is recorded after it was placed is kept too. */
export interface LegalHold extends HeldMatter {
  readonly id: string;
  readonly agency: string;
  /** The officer by the agency's own id for them. */
  readonly placedBy: string;
  readonly reason: HoldReason;
  /** Of the matter, in the agency's own file. */
  readonly reference: string;
  readonly placedAt: Date;
  readonly liftedAt: Date | null;
  readonly liftedBy: string | null;
}
