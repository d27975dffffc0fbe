import { nextStep, type Action, type AgreementLife, type Reason } from '../../../agreement-lifecycle/index.js';
import type { CallingOfficer } from '../../../access/index.js';
import { Problem } from '../../../api-contract/index.js';

export const STEPS = ['propose', 'sign', 'suspend', 'resume', 'revoke'] as const;
export type StepName = (typeof STEPS)[number];

/** What a step is called, what follows from it, and what is said once it is taken. */
export const STEP_WORDS: Readonly<Record<StepName, StepWords>> = {
  propose: {
    ask: 'Propose this agreement to the other parties',
    button: 'Propose the agreement',
    effect:
      'Every party will see it, and not a letter of it changes any more. What is wrong then is put right in a next version.',
    done: 'The agreement is proposed. Every party sees it now.',
  },
  sign: {
    ask: 'Sign this agreement for your agency',
    button: 'Sign the agreement',
    effect:
      'A signature takes two officers of your agency: the first asks for it, the second confirms it. With the signature of the last party the agreement comes into force on its first day.',
    done: 'Your agency has signed the agreement.',
  },
  suspend: {
    ask: 'Suspend this agreement',
    button: 'Suspend the agreement',
    effect:
      'Nothing is disclosed under it any more, at once and on every replica, exchanges under way included. It takes every party to resume it.',
    done: 'The agreement is suspended. Nothing is disclosed under it.',
  },
  resume: {
    ask: 'Agree to resume this agreement',
    button: 'Agree to resume',
    effect: 'It is in force again once every party has agreed.',
    done: 'Your agency has agreed to resume the agreement.',
  },
  revoke: {
    ask: 'Revoke this agreement for good',
    button: 'Revoke the agreement',
    effect:
      'Nothing is disclosed under it any more, at once and on every replica. What is revoked is never in force again: this cannot be undone.',
    done: 'The agreement is revoked, for good.',
  },
};

export interface StepWords {
  readonly ask: string;
  readonly button: string;
  readonly effect: string;
  readonly done: string;
}

/** A step that a closed list of reasons goes with. */
export const needsReason = (step: StepName): step is 'suspend' | 'revoke' => step === 'suspend' || step === 'revoke';

export const actionOf = (step: StepName, { hash, reason }: { hash: string; reason: Reason }): Action => {
  if (step === 'sign') return { kind: step, hash };
  return needsReason(step) ? { kind: step, reason } : { kind: step };
};

/** The steps that would change something now, if this officer took them. */
export const stepsOpen = (life: AgreementLife, officer: CallingOfficer, on: string): StepName[] =>
  STEPS.filter((step) => {
    try {
      return nextStep(life, actionOf(step, { hash: life.hash, reason: 'other' }), officer, on) !== undefined;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  });
