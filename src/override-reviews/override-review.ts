/** What an agency finds. `more-information-needed` concludes nothing: the agency answers again. */
export const REVIEW_OUTCOMES = ['justified', 'not-justified', 'more-information-needed'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** What an agency did about it: a closed list, because a free text would carry what must not be kept. */
export const REVIEW_MEASURES = [
  'person-told',
  'staff-guidance',
  'incident-reported',
  'agreement-to-be-changed',
  'none',
] as const;
export type ReviewMeasure = (typeof REVIEW_MEASURES)[number];

/** Where a review stands for one agency. `overdue`: it has not concluded, and should have. */
export const REVIEW_STATES = ['open', 'overdue', 'answered'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** A disclosure by an override, for officers of both agencies to look at afterwards. Holds nothing of a person. */
export interface OverrideReview {
  readonly id: string;
  readonly exchangeId: string;
  readonly requester: string;
  readonly supplier: string;
  readonly openedAt: Date;
  /** By when both agencies answer. */
  readonly dueAt: Date;
  readonly answers: readonly ReviewAnswer[];
}

export interface ReviewAnswer {
  readonly agency: string;
  readonly outcome: ReviewOutcome;
  readonly measures: readonly ReviewMeasure[];
  readonly answeredAt: Date;
}

const concludes = ({ outcome }: ReviewAnswer): boolean => outcome !== 'more-information-needed';

/** Where a review stands for an agency at an instant. */
export function reviewState({ answers, dueAt }: OverrideReview, agency: string, at: Date): ReviewState {
  if (answers.some((answer) => answer.agency === agency && concludes(answer))) return 'answered';
  return dueAt < at ? 'overdue' : 'open';
}

/** When the last of both agencies concluded; `null` while one has not. */
export function closedAt({ answers, requester, supplier }: OverrideReview): Date | null {
  const concluding = answers.filter(concludes);
  const isClosed = [requester, supplier].every((agency) => concluding.some((answer) => answer.agency === agency));
  return isClosed ? new Date(Math.max(...concluding.map(({ answeredAt }) => answeredAt.getTime()))) : null;
}
