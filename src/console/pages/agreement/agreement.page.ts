import { Injectable } from '@nestjs/common';
import { REASONS, AgreementLifecycle, type Reason, type SeenAgreement } from '../../../agreement-lifecycle/index.js';
import { Problem } from '../../../api-contract/index.js';
import { counted } from '../../in-words.js';
import { Names } from '../../names.js';
import {
  ACTORS,
  opens,
  READERS,
  redirect,
  view,
  type ConsolePage,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { actionOf, needsReason, STEP_WORDS, STEPS, stepsOpen, type StepName } from './steps.js';

const VERSION = '/console/agreements/:id/:version' as const;

/** One version of an agreement: where it stands, and the steps that an officer of a party takes. */
@Injectable()
export class AgreementPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: VERSION, roles: READERS, answer: (visit) => this.show(visit) },
    { method: 'GET', path: `${VERSION}/:step`, roles: ACTORS, answer: (visit) => this.ask(visit) },
    { method: 'GET', path: `${VERSION}/:step/check`, roles: ACTORS, answer: (visit) => this.check(visit) },
    { method: 'POST', path: `${VERSION}/:step`, roles: ACTORS, answer: (visit) => this.take(visit) },
  ];

  constructor(
    private readonly lifecycle: AgreementLifecycle,
    private readonly names: Names,
  ) {}

  private async show(visit: Visit): Promise<PageAnswer> {
    const { officer, query, now } = visit;
    const seen = await this.find(visit);
    const { life, state, lint } = seen;
    const steps = opens(ACTORS, officer) ? stepsOpen(life, officer, now.toISOString().slice(0, 10)) : [];
    const versions = (await this.lifecycle.list(officer, life.document.id)).map(
      ({ life: one }) => one.document.version,
    );
    return view('agreement/agreement', `${life.document.title}, version ${life.document.version}`, {
      ...this.about(seen),
      state,
      lint,
      versions,
      steps: steps.map((step) => ({ step, text: STEP_WORDS[step].ask })),
      done: doneWords(query['done'], seen, officer.agency),
      signatures: life.document.parties.map((party) => ({
        name: this.names.agency(party),
        signed: life.signatures.some(({ agency }) => agency === party),
        asked: life.asked.has(party),
        resumeAgreed: life.resumeAgreed.has(party),
      })),
      history: life.history.map((step) => ({ ...step, agencyName: this.names.agency(step.agency) })),
      dataServices: new Set(life.document.legs.map(({ dataService }) => dataService)).size,
    });
  }

  /** Asks for a reason where the step needs one; the others have nothing to be asked, and are checked at once. */
  private async ask(visit: Visit): Promise<PageAnswer> {
    const { step, seen } = await this.stepToTake(visit);
    if (!needsReason(step)) return this.checkView(step, seen, undefined);
    return this.reasonView(step, seen, visit.query['reason']);
  }

  private async check(visit: Visit): Promise<PageAnswer> {
    const { step, seen } = await this.stepToTake(visit);
    if (!needsReason(step)) throw new Problem('NOT_FOUND');
    const { reason } = visit.query;
    return isReason(reason) ? this.checkView(step, seen, reason) : this.reasonView(step, seen, undefined, true);
  }

  private async take(visit: Visit): Promise<PageAnswer> {
    const { step, seen } = await this.stepToTake(visit);
    const { officer, form } = visit;
    const [reason] = form['reason'] ?? [];
    const [hash = ''] = form['hash'] ?? [];
    if (needsReason(step) && !isReason(reason)) return this.reasonView(step, seen, undefined, true);
    if (step === 'sign' && form['read']?.[0] !== 'yes') return this.checkView(step, seen, undefined, true);
    // What was read on the page is what is signed; anything else is refused by its hash.
    const action = actionOf(step, { hash, reason: isReason(reason) ? reason : 'other' });
    await this.lifecycle.act(officer, seen.life.document.id, seen.life.document.version, action);
    return redirect(`${addressOf(seen)}?done=${step}`);
  }

  private async stepToTake(visit: Visit): Promise<{ step: StepName; seen: SeenAgreement }> {
    const step = STEPS.find((one) => one === visit.params['step']);
    if (!step) throw new Problem('NOT_FOUND');
    const seen = await this.find(visit);
    return { step, seen };
  }

  private reasonView(step: 'suspend' | 'revoke', seen: SeenAgreement, chosen?: string, missing = false): PageAnswer {
    const faults = missing ? [{ field: 'reason', text: 'Choose the reason that comes nearest' }] : [];
    const data = { ...this.about(seen), step, words: STEP_WORDS[step], reasons: REASONS, chosen };
    return view('agreement/reason', STEP_WORDS[step].ask, data, faults);
  }

  private checkView(step: StepName, seen: SeenAgreement, reason: Reason | undefined, unread = false): PageAnswer {
    const faults = unread ? [{ field: 'read', text: 'Say that you have read this version before you sign it' }] : [];
    const data = { ...this.about(seen), step, words: STEP_WORDS[step], reason };
    return view('agreement/check', STEP_WORDS[step].ask, data, faults);
  }

  private about(seen: SeenAgreement): object {
    const { document, hash } = seen.life;
    return {
      agreement: document,
      hash,
      address: addressOf(seen),
      parties: document.parties.map((party) => this.names.agency(party)),
      purposes: document.purposes.map((purpose) => this.names.purpose(purpose)),
      legs: counted(document.legs.length, 'flow of data', 'flows of data'),
    };
  }

  private async find({ officer, params }: Visit): Promise<SeenAgreement> {
    return await this.lifecycle.find(officer, ...knownVersion(params['id'], params['version']));
  }
}

/** @throws Problem NOT_FOUND for what cannot be one */
export function knownVersion(id = '', version = ''): [string, number] {
  if (!/^[a-z0-9-]{1,64}$/.test(id) || !/^[1-9]\d{0,6}$/.test(version)) throw new Problem('NOT_FOUND');
  return [id, Number(version)];
}

const addressOf = ({ life: { document } }: SeenAgreement): string =>
  `/console/agreements/${document.id}/${document.version}`;

const isReason = (value: string | undefined): value is Reason => (REASONS as readonly unknown[]).includes(value);

function doneWords(done: string | undefined, { life, state }: SeenAgreement, agency: string): string | undefined {
  const step = STEPS.find((one) => one === done);
  if (step === 'sign' && life.asked.has(agency)) {
    return 'You have asked for your agency’s signature. A second officer of your agency must confirm it.';
  }
  if (step === 'resume' && state !== 'suspended') return 'The agreement is in force again.';
  return step && STEP_WORDS[step].done;
}
