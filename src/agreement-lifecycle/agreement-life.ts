import type { AgreementDraft, AgreementSignature, Halt } from '../agreements/index.js';

/** The steps of an agreement's life, each taken by an officer of a party. */
export type StepKind =
  'drafted' | 'proposed' | 'signature-asked' | 'signed' | 'suspended' | 'resume-agreed' | 'resumed' | 'revoked';

/** Why a party suspends or revokes. A closed list: a sentence could name a person, and would stay in the log for good. */
export const REASONS = [
  'not-agreed',
  'security-incident',
  'data-quality',
  'use-beyond-agreement',
  'legal-basis-in-doubt',
  'review-overdue',
  'purpose-ended',
  'organisation-changed',
  'other',
] as const;
export type Reason = (typeof REASONS)[number];

export const LIFE_STATES = [
  'draft',
  'proposed',
  'signed-by-some',
  'not-yet',
  'in-force',
  'suspended',
  'revoked',
  'superseded',
  'expired',
] as const;
export type LifeState = (typeof LIFE_STATES)[number];

/** A step that was taken. */
export interface Step {
  /** 1, 2, 3 ... within the version. */
  readonly number: number;
  readonly step: StepKind;
  /** Hash of the text that the step is about. */
  readonly hash: string;
  readonly agency: string;
  readonly officer: string;
  readonly at: Date;
  readonly reason: Reason | null;
  readonly signature: AgreementSignature | null;
}

/** A version as it was applied: from files, or with its last signature. */
export interface AppliedVersion {
  readonly document: AgreementDraft;
  readonly hash: string;
  readonly signatures: readonly AgreementSignature[];
}

/** Where a version of an agreement stands, apart from what the day brings about. */
export interface AgreementLife {
  readonly document: AgreementDraft;
  readonly hash: string;
  /** Every step, those on a text that was replaced too. */
  readonly history: readonly Step[];
  /** The agency that drafted it; absent when it came from files. */
  readonly draftedBy?: string;
  readonly proposed: boolean;
  /** The register holds it: every party has signed. */
  readonly applied: boolean;
  /** A newer version was applied. */
  readonly superseded: boolean;
  /** Agencies of which one officer has asked for the signature and none has confirmed it: that step. */
  readonly asked: ReadonlyMap<string, Step>;
  readonly signatures: readonly AgreementSignature[];
  readonly halted?: Halt;
  /** Agencies that have agreed to resume what is suspended. */
  readonly resumeAgreed: ReadonlySet<string>;
}

/** What the steps of a version, and the register, say of it. */
export interface LifeRecord {
  readonly document: AgreementDraft;
  readonly history: readonly Step[];
  readonly applied?: AppliedVersion;
  readonly superseded: boolean;
}

/**
 * Reads a version's life off its steps. Pure.
 *
 * Only steps on the text that counts do: the applied one, or else the newest draft.
 */
export function readLife({ document, history, applied, superseded }: LifeRecord): AgreementLife {
  const draft = history.findLast(({ step }) => step === 'drafted');
  const hash = applied?.hash ?? draft?.hash ?? '';
  const since = applied ? 0 : (draft?.number ?? 0);
  const counting = history.filter((step) => step.hash === hash && step.number >= since);
  const asked = new Map<string, Step>();
  const signatures: AgreementSignature[] = [];
  let resumeAgreed = new Set<string>();
  let halted: Halt | undefined;
  for (const step of counting) {
    if (step.step === 'signature-asked') asked.set(step.agency, step);
    if (step.step === 'signed' && step.signature) {
      asked.delete(step.agency);
      signatures.push(step.signature);
    }
    if (step.step === 'resume-agreed') resumeAgreed.add(step.agency);
    if (step.step === 'suspended' || step.step === 'resumed') resumeAgreed = new Set();
    if (step.step === 'suspended' || step.step === 'revoked') halted = step.step;
    if (step.step === 'resumed') halted = undefined;
  }
  return {
    document: applied?.document ?? document,
    hash,
    history,
    ...(draft?.hash === hash && { draftedBy: draft.agency }),
    proposed: counting.some(({ step }) => step === 'proposed'),
    applied: applied !== undefined,
    superseded,
    asked: applied ? new Map() : asked,
    signatures: applied?.signatures ?? signatures,
    ...(halted && { halted }),
    resumeAgreed,
  };
}

/** @param on Day in UTC, `YYYY-MM-DD` */
export function lifeState(life: AgreementLife, on: string): LifeState {
  if (life.halted === 'revoked') return 'revoked';
  if (life.superseded) return 'superseded';
  if (on > life.document.endsOn) return 'expired';
  if (!life.applied) {
    if (!life.proposed) return 'draft';
    return life.signatures.length > 0 ? 'signed-by-some' : 'proposed';
  }
  if (life.halted) return 'suspended';
  return on < life.document.startsOn ? 'not-yet' : 'in-force';
}

/** INVARIANT: 8. Whether an agency may know of a version: a party to it, and before the proposal the drafter alone. */
export const mayKnow = (life: AgreementLife, agency: string): boolean =>
  life.document.parties.includes(agency) && (life.proposed || life.applied || life.draftedBy === agency);
