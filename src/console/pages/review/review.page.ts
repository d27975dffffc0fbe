import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Problem } from '../../../api-contract/index.js';
import { ExplanationsService } from '../../../explanations/explanations.module.js';
import {
  closedAt,
  REVIEW_MEASURES,
  REVIEW_OUTCOMES,
  reviewState,
  type OverrideReview,
  type ReviewMeasure,
  type ReviewOutcome,
} from '../../../override-reviews/index.js';
import { OverrideReviewsService } from '../../../override-reviews/override-reviews.module.js';
import { Names } from '../../names.js';
import {
  ACTORS,
  opens,
  redirect,
  view,
  type ConsolePage,
  type Fault,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { REVIEW_STATE_WORDS, REVIEWERS } from '../reviews/reviews.page.js';

const REVIEW = '/console/reviews/:id' as const;

/** What each answer is called. */
const OUTCOME_WORDS: Readonly<Record<ReviewOutcome, { readonly text: string; readonly hint: string }>> = {
  justified: { text: 'The override was justified', hint: 'This concludes the review for your agency.' },
  'not-justified': { text: 'The override was not justified', hint: 'This concludes the review for your agency.' },
  'more-information-needed': {
    text: 'More information is needed',
    hint: 'Your agency may say so once, and answers again when it knows.',
  },
};
const MEASURE_WORDS: Readonly<Record<ReviewMeasure, string>> = {
  'person-told': 'The person was told',
  'staff-guidance': 'Staff were given guidance',
  'incident-reported': 'An incident was reported',
  'agreement-to-be-changed': 'The agreement is to be changed',
  none: 'None of these',
};

/** One review: the story of the decision that it is about, and what the agencies found. */
@Injectable()
export class ReviewPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: REVIEW, roles: REVIEWERS, answer: (visit) => this.show(visit) },
    { method: 'GET', path: `${REVIEW}/answer`, roles: ACTORS, answer: (visit) => this.ask(visit) },
    { method: 'GET', path: `${REVIEW}/answer/check`, roles: ACTORS, answer: (visit) => this.check(visit) },
    { method: 'POST', path: `${REVIEW}/answer`, roles: ACTORS, answer: (visit) => this.take(visit) },
  ];

  constructor(
    private readonly reviews: OverrideReviewsService,
    private readonly explanations: ExplanationsService,
    private readonly names: Names,
  ) {}

  private async show(visit: Visit): Promise<PageAnswer> {
    const { officer, query, now } = visit;
    const review = await this.find(visit);
    const state = reviewState(review, officer.agency, now);
    return view('review/review', 'Review of an override', {
      ...this.about(review),
      state,
      stateWords: REVIEW_STATE_WORDS,
      closedAt: closedAt({ ...review, answers: review.answers.map(withDate) }),
      answers: review.answers.map((answer) => ({
        ...answer,
        agencyName: this.names.agency(answer.agency),
        outcomeText: OUTCOME_WORDS[answer.outcome].text,
        measuresText: answer.measures.map((measure) => MEASURE_WORDS[measure]),
      })),
      mayAnswer: state !== 'answered' && opens(ACTORS, officer),
      wasAnswered: query['done'] === 'answered',
      story: await this.explanations.explain(officer, review.exchangeId),
    });
  }

  private async ask(visit: Visit): Promise<PageAnswer> {
    const { outcome, measures = '' } = visit.query;
    return this.formView(await this.find(visit), outcome, measures.split(','));
  }

  /** A page that can be loaded again and gone back from: what was chosen stands in its address. */
  private async check(visit: Visit): Promise<PageAnswer> {
    const review = await this.find(visit);
    const { outcome, ...rest } = visit.query;
    const measures = REVIEW_MEASURES.filter((measure) => rest[`measure-${measure}`] === 'yes');
    const faults = faultsOf(outcome, measures);
    if (faults.length > 0) return this.formView(review, outcome, measures, faults);
    return view('review/check', 'Check your agency’s answer', {
      ...this.about(review),
      outcome,
      measures: measures.join(','),
      outcomeWords: OUTCOME_WORDS[outcome as ReviewOutcome],
      measuresText: measures.map((measure) => MEASURE_WORDS[measure]),
    });
  }

  private async take(visit: Visit): Promise<PageAnswer> {
    const review = await this.find(visit);
    const outcome = visit.form['outcome']?.[0];
    const sent = (visit.form['measures']?.[0] ?? '').split(',');
    const measures = REVIEW_MEASURES.filter((measure) => sent.includes(measure));
    const faults = faultsOf(outcome, measures);
    if (faults.length > 0) return this.formView(review, outcome, measures, faults);
    await this.reviews.answer(visit.officer, review.id, { outcome: outcome as ReviewOutcome, measures });
    return redirect(`/console/reviews/${review.id}?done=answered`);
  }

  private formView(
    review: OverrideReview,
    outcome: string | undefined,
    measures: readonly string[],
    faults: readonly Fault[] = [],
  ): PageAnswer {
    const data = {
      ...this.about(review),
      outcomes: REVIEW_OUTCOMES.map((value) => ({ value, ...OUTCOME_WORDS[value], checked: value === outcome })),
      measures: REVIEW_MEASURES.map((value) => ({
        value,
        text: MEASURE_WORDS[value],
        checked: measures.includes(value),
      })),
    };
    return view('review/answer', 'Answer for your agency', data, faults);
  }

  private about({ id, exchangeId, requester, supplier, openedAt, dueAt }: OverrideReview): object {
    const names = { requester: this.names.agency(requester), supplier: this.names.agency(supplier) };
    return { id, exchangeId, openedAt, dueAt, ...names, address: `/console/reviews/${id}` };
  }

  private async find({ officer, params }: Visit): Promise<OverrideReview> {
    if (!isUUID(params['id'])) throw new Problem('NOT_FOUND');
    return await this.reviews.find(officer.agency, String(params['id']));
  }
}

const withDate = (answer: OverrideReview['answers'][number]) => ({
  ...answer,
  answeredAt: new Date(answer.answeredAt),
});

function faultsOf(outcome: string | undefined, measures: readonly ReviewMeasure[]): Fault[] {
  const faults: Fault[] = [];
  if (!(REVIEW_OUTCOMES as readonly unknown[]).includes(outcome)) {
    faults.push({ field: 'outcome', text: 'Choose what your agency found' });
  }
  if (measures.length === 0)
    faults.push({ field: 'measures', text: 'Choose what your agency did about it, or none of these' });
  if (measures.length > 1 && measures.includes('none')) {
    faults.push({ field: 'measures', text: 'Choose either what was done, or none of these' });
  }
  return faults;
}
