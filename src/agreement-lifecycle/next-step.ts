import { Problem } from '../api-contract/index.js';
import { lifeState, type AgreementLife, type LifeState, type Reason, type StepKind } from './agreement-life.js';

/** What an officer wants done with a version that stands. */
export type Action =
  | { readonly kind: 'propose' | 'resume' }
  | { readonly kind: 'suspend' | 'revoke'; readonly reason: Reason }
  /** `hash`: of what the officer has read. `jws`: a signature made outside, in place of one by the key that is kept here. */
  | { readonly kind: 'sign'; readonly hash: string; readonly jws?: string };

/** An officer, and the agency that they act for. */
export interface ActingOfficer {
  readonly officer: string;
  readonly agency: string;
}

const OPEN: readonly LifeState[] = ['proposed', 'signed-by-some'];
const BINDING: readonly LifeState[] = ['in-force', 'not-yet'];

/**
 * The step that an action leads to, or undefined where it was done already, so that a repeat changes nothing. Pure.
 *
 * INVARIANT: 2. What brings an agreement into force, or back into force, takes every party, and a signature takes two
 * officers of its agency; what stops it takes one party alone. What is revoked stays so.
 *
 * Does NOT check that the officer's agency is a party (see `mayKnow`), or the signature itself.
 *
 * @throws Problem AGREEMENT_NOT_IN_STATE, AGREEMENT_HASH_DIFFERS, SECOND_OFFICER_NEEDED
 */
export function nextStep(
  life: AgreementLife,
  action: Action,
  { officer, agency }: ActingOfficer,
  on: string,
): StepKind | undefined {
  const state = lifeState(life, on);
  const isIn = (...states: readonly LifeState[]): boolean => states.includes(state);
  switch (action.kind) {
    case 'propose':
      if (isIn('draft')) return 'proposed';
      if (isIn(...OPEN, ...BINDING)) return undefined;
      break;
    case 'sign': {
      if (action.hash !== life.hash) throw new Problem('AGREEMENT_HASH_DIFFERS');
      const signed = life.signatures.some((signature) => signature.agency === agency);
      if (signed && isIn(...OPEN, ...BINDING)) return undefined;
      if (!isIn(...OPEN)) break;
      const asked = life.asked.get(agency);
      if (asked?.officer === officer) throw new Problem('SECOND_OFFICER_NEEDED');
      return asked ? 'signed' : 'signature-asked';
    }
    case 'suspend':
      if (isIn(...BINDING)) return 'suspended';
      // A party that suspends again takes back what some have agreed to.
      if (isIn('suspended')) return life.resumeAgreed.size > 0 ? 'suspended' : undefined;
      break;
    case 'resume':
      if (isIn(...BINDING) && life.history.some(({ step }) => step === 'resumed')) return undefined;
      if (!isIn('suspended')) break;
      if (life.resumeAgreed.has(agency)) return undefined;
      return life.document.parties.every((party) => party === agency || life.resumeAgreed.has(party))
        ? 'resumed'
        : 'resume-agreed';
    case 'revoke':
      if (isIn('revoked')) return undefined;
      if (isIn('draft', 'suspended', ...OPEN, ...BINDING)) return 'revoked';
      break;
  }
  throw new Problem('AGREEMENT_NOT_IN_STATE', { detail: `It is ${state}.` });
}

/** Whether the next version of an agreement may be drafted: the one before is no longer being agreed on. */
export const isSettled = (life: AgreementLife, on: string): boolean =>
  !(['draft', ...OPEN] as LifeState[]).includes(lifeState(life, on));
