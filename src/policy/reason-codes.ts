/** Why a decision came out as it did, each with the sentence a member of staff reads. Stable: receipts and the log carry them. */
export const REASON_CODES = {
  PERMIT: 'Everything that was asked for may be disclosed.',
  PERMIT_PARTIAL_CONSENT_SCOPE:
    'Some items may be disclosed; the others are not covered by a permission or by the agreement.',
  PERMIT_PARTIAL_OBJECTION: 'Some items may be disclosed; the person has objected to the others.',
  PERMIT_PARTIAL_SUPPRESSED:
    'The disclosure may be made without the address, which is suppressed for somebody’s safety.',
  PERMIT_STATUTORY_OVERRIDE: 'A statutory duty of care allows the disclosure without permission; it will be reviewed.',
  PERMIT_BREAK_GLASS: 'Life is at risk; the disclosure is made now and reviewed afterwards.',
  NO_TRACE: 'The supplier does not know this person.',
  REVIEW_HUMAN: 'A person has to decide this.',
  DENY_NO_LEGAL_BASIS: 'No agreement in force gives this disclosure a complete legal basis.',
  DENY_PURPOSE_MISMATCH: 'The agreement does not cover this purpose.',
  DENY_CONSENT_REQUIRED: 'The permission that this disclosure relies on has not been given, or no longer stands.',
  DENY_AUTHORITY_SCOPE: 'Whoever gave the permission had no authority to give it for this.',
  DENY_NO_RELATIONSHIP: 'The request does not start from a case in the requester’s own system.',
  DENY_NOT_NECESSARY: 'The reference given is of no kind for which these items are necessary.',
  DENY_RECIPIENT_NOT_PARTY: 'No agreement that the requester is a party to gives it this.',
  DENY_RECIPIENT_CONDITION:
    'The agreement does not accept this role, this way of naming the subject, this override, or this time.',
  DENY_STATUTORY_BAR: 'A statute forbids this disclosure.',
  DENY_AGREEMENT_PATTERN_NOT_ALLOWED: 'The agreement does not allow this pattern of sharing.',
  REQUEST_INVALID: 'The request was not understood, so nothing was decided about anybody.',
} as const satisfies Record<string, string>;

export type ReasonCode = keyof typeof REASON_CODES;
