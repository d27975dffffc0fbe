import type { SharingStatement } from './statement.js';

/** What sharing is in question. */
export interface SharingQuestion {
  readonly purpose: string;
  /** Agency that would receive. */
  readonly recipient: string;
  /** `<data service>#<item>`. */
  readonly item: string;
}

/** What was said about a question. */
export interface StatementFinding {
  /** An objection of the person stands. */
  readonly objection?: true;
  /** A best-interests decision not to share, or a hold-back, stands. */
  readonly heldBack?: true;
  /** The best-interests decision to share, where one stands and nothing holds back. */
  readonly toShare?: SharingStatement;
}

/**
 * What the statements recorded of a person say to a question at an instant. Of the best-interests decisions of one agency
 * the newest that reaches the question counts, also where it was lifted or has ended: an earlier one does not come back.
 *
 * A decision to share counts only where the agency that holds the item recorded it: whoever would receive cannot open
 * another's confidence. A decision not to share counts whoever of the two recorded it. INVARIANT: 2.
 */
export function findStatements(
  recorded: readonly SharingStatement[],
  question: SharingQuestion,
  at: Date,
): StatementFinding {
  const reaching = recorded.filter((statement) => reaches(statement, question));
  const standing = reaching.filter((statement) => stands(statement, at));
  const decided = newestOfEach(reaching.filter(({ kind }) => kind === 'best-interests-decision')).filter((decision) =>
    stands(decision, at),
  );
  const heldBack =
    standing.some(({ kind }) => kind === 'hold-back') || decided.some(({ says }) => says === 'do-not-share');
  const holder = question.item.split('/', 1)[0];
  const toShare = decided.find(({ says, recordedBy }) => says === 'share' && recordedBy === holder);
  return {
    ...(standing.some(({ kind }) => kind === 'objection') && { objection: true }),
    ...(heldBack && { heldBack }),
    ...(toShare && !heldBack && { toShare }),
  };
}

/** Whether a person's address is suppressed, as far as anybody whose word counts here said so. */
export const isAddressSuppressed = (recorded: readonly SharingStatement[], at: Date): boolean =>
  recorded.some((statement) => statement.kind === 'address-suppression' && stands(statement, at));

/** @param at the instant whose state is told */
export const stands = ({ liftedAt, validUntil }: SharingStatement, at: Date): boolean =>
  liftedAt === null && (validUntil === null || at < validUntil);

/** Of each agency the newest; at the same instant the one that says no. */
function newestOfEach(decisions: readonly SharingStatement[]): SharingStatement[] {
  const newest = new Map<string, SharingStatement>();
  for (const decision of decisions) {
    const known = newest.get(decision.recordedBy);
    if (!known || isLater(decision, known)) newest.set(decision.recordedBy, decision);
  }
  return [...newest.values()];
}

function isLater(one: SharingStatement, other: SharingStatement): boolean {
  const later = one.recordedAt.getTime() - other.recordedAt.getTime();
  return later > 0 || (later === 0 && one.says === 'do-not-share');
}

function reaches({ purpose, recipients, items }: SharingStatement, question: SharingQuestion): boolean {
  const service = question.item.split('#', 1)[0];
  return (
    purpose === question.purpose &&
    (recipients?.includes(question.recipient) ?? false) &&
    (items?.some((item) => item === '*' || item === question.item || item === `${service}#*`) ?? false)
  );
}
