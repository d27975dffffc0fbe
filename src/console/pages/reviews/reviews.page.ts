import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { writeCsv } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { REVIEW_STATES, reviewState, type OverrideReview, type ReviewState } from '../../../override-reviews/index.js';
import { OverrideReviewsService } from '../../../override-reviews/override-reviews.module.js';
import { ukTime } from '../../in-words.js';
import { Names } from '../../names.js';
import { csvFile, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';

/** Who sees reviews: as by the API. */
export const REVIEWERS = ['officer', 'reviewer', 'oversight'] as const;

/** Most reviews on one page, and read at once for a file. */
const PER_PAGE = 50;
const READ_AT_ONCE = 500;

export const REVIEW_STATE_WORDS: Readonly<Record<ReviewState, { readonly text: string; readonly colour: string }>> = {
  open: { text: 'Open', colour: 'blue' },
  overdue: { text: 'Overdue', colour: 'red' },
  answered: { text: 'Answered', colour: 'green' },
};

const COLUMNS = ['Review', 'Exchange', 'Requester', 'Supplier', 'State for your agency', 'Opened', 'To be answered by'];

/** The reviews of overrides that concern the officer's agency. */
@Injectable()
export class ReviewsPage implements ConsolePage {
  readonly entry = { text: 'Reviews', path: '/console/reviews' } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/reviews', roles: REVIEWERS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: '/console/reviews.csv', roles: REVIEWERS, answer: (visit) => this.csv(visit) },
  ];

  constructor(
    private readonly reviews: OverrideReviewsService,
    private readonly names: Names,
  ) {}

  private async list({ officer: { agency }, query, now }: Visit): Promise<PageAnswer> {
    const state = readState(query['state']);
    const after = query['after'] || undefined;
    if (after !== undefined && !isUUID(after)) throw new Problem('REQUEST_INVALID');
    const [found, count] = await Promise.all([
      this.reviews.list(agency, { state, limit: PER_PAGE + 1, after }),
      this.reviews.count(agency, state),
    ]);
    const rows = found.slice(0, PER_PAGE);
    const address = (path: string, of: Record<string, string | undefined>): string => {
      const filled = Object.entries(of).filter((pair): pair is [string, string] => Boolean(pair[1]));
      return filled.length > 0 ? `${path}?${new URLSearchParams(filled).toString()}` : path;
    };
    return view('reviews/reviews', 'Reviews of overrides', {
      rows: rows.map((review) => this.row(review, agency, now)),
      count,
      csv: address('/console/reviews.csv', { state }),
      state: state ?? '',
      states: REVIEW_STATES.map((value) => ({ value, text: REVIEW_STATE_WORDS[value].text })),
      stateWords: REVIEW_STATE_WORDS,
      first: after && address('/console/reviews', { state }),
      next: found.length > PER_PAGE ? address('/console/reviews', { state, after: rows.at(-1)?.id }) : undefined,
    });
  }

  private async csv({ officer: { agency }, query, now }: Visit): Promise<PageAnswer> {
    const state = readState(query['state']);
    const rows: string[][] = [];
    for (let after: string | undefined; ;) {
      const found = await this.reviews.list(agency, { state, limit: READ_AT_ONCE, after });
      for (const review of found) {
        const { id, exchangeId, requester, supplier, state: stands, openedAt, dueAt } = this.row(review, agency, now);
        const times = [ukTime(openedAt), ukTime(dueAt)];
        rows.push([id, exchangeId, requester, supplier, REVIEW_STATE_WORDS[stands].text, ...times]);
      }
      if (found.length < READ_AT_ONCE) return csvFile('reviews.csv', writeCsv(COLUMNS, rows));
      after = found.at(-1)?.id;
    }
  }

  private row(review: OverrideReview, agency: string, now: Date) {
    const { id, exchangeId, openedAt, dueAt } = review;
    return {
      id,
      exchangeId,
      openedAt,
      dueAt,
      requester: this.names.agency(review.requester),
      supplier: this.names.agency(review.supplier),
      state: reviewState(review, agency, now),
    };
  }
}

function readState(state: string | undefined): ReviewState | undefined {
  if (!state) return undefined;
  const known = REVIEW_STATES.find((one) => one === state);
  if (!known) throw new Problem('REQUEST_INVALID');
  return known;
}
