import type { Agreement, SignedAgreement } from './agreement.js';

export type AgreementState = 'in-force' | 'not-yet' | 'ended';

/**
 * Whether an agreement binds on a day: from its first day to its last, both included.
 *
 * Does NOT check signatures (the register holds only agreements whose signatures were verified) or that a newer version
 * has taken its place (the register holds only the newest).
 *
 * @param on Day in UTC, `YYYY-MM-DD`. Given by the caller; this function reads no clock.
 */
export function agreementState(agreement: Pick<Agreement, 'startsOn' | 'endsOn'>, on: string): AgreementState {
  if (on < agreement.startsOn) return 'not-yet';
  return on > agreement.endsOn ? 'ended' : 'in-force';
}

/** {@link agreementState} of what the register holds: a version that a party has suspended or revoked binds no more. */
export const bindingState = ({ agreement, halted }: SignedAgreement, on: string): AgreementState =>
  halted ? 'ended' : agreementState(agreement, on);
