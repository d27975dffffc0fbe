import type { CapacityStatement, MemberOfStaff } from '../permissions/index.js';

/**
 * What is said about sharing and is no permission. An objection is the person's (UK GDPR Art. 21; duty of confidence). A
 * best-interests decision is made for a person who lacks capacity for it (Mental Capacity Act 2005 s.4). A hold-back is a
 * professional's decision not to share. A suppression keeps an address from travelling, for somebody's safety.
 */
export const STATEMENT_KINDS = ['objection', 'best-interests-decision', 'hold-back', 'address-suppression'] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

export const OBJECTION_REASONS = [
  'particular-situation', // UK GDPR Art. 21(1)
  'direct-marketing', // Art. 21(2)
  'research-or-statistics', // Art. 21(6)
  'confidentiality',
] as const;

export const HOLD_BACK_REASONS = [
  'serious-harm', // the test of DPA 2018 Sch. 3 Parts 2 to 5
  'about-someone-else', // DPA 2018 Sch. 2 para. 16
  'legal-privilege', // DPA 2018 Sch. 2 para. 19
  'court-order',
  'prejudice-to-enquiry', // DPA 2018 Sch. 2 para. 2
] as const;

/** Who made a decision about sharing, and on what. */
export interface SharingDecision {
  readonly decidedBy: MemberOfStaff;
  /** Roles of those who were consulted (Mental Capacity Act 2005 s.4(7)); who they are is not kept. */
  readonly consulted?: readonly string[];
  /** That the person lacks capacity for this decision. */
  readonly capacityStatement?: CapacityStatement;
}

/** A statement about sharing, held against subject handles only. A record is lifted, never changed. */
export interface SharingStatement {
  readonly id: string;
  readonly kind: StatementKind;
  /** The agency whose system recorded it; the handles are in that agency's view. */
  readonly recordedBy: string;
  readonly subjectHandles: readonly string[];
  /** `null` for a suppression, which holds for every purpose, recipient and data service. */
  readonly purpose: string | null;
  readonly recipients: readonly string[] | null;
  /** `<data service>#<item>`, `<data service>#*`, or `*` for everything. */
  readonly items: readonly string[] | null;
  readonly says: 'share' | 'do-not-share';
  /** Of an objection or hold-back: one of the closed lists above. */
  readonly reason: string | null;
  /** `null` for an objection and a suppression. */
  readonly decision: SharingDecision | null;
  /** Of a best-interests decision alone: the others stand until they are lifted. */
  readonly validUntil: Date | null;
  readonly recordedAt: Date;
  readonly liftedAt: Date | null;
}

/** What is said, apart from who says it of whom. */
export type StatementContent = Pick<
  SharingStatement,
  'kind' | 'purpose' | 'recipients' | 'items' | 'says' | 'reason' | 'decision' | 'validUntil'
>;
