import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { DisclosureLog, EntryStale, LogUnavailable, type ReviewAnswerEntry } from '../disclosure-log/index.js';
import type { PendingReviews } from '../observability/index.js';
import type { OverrideReview, ReviewMeasure, ReviewOutcome, ReviewState } from './override-review.js';

/** Which reviews an agency looks for. */
export interface ReviewSearch {
  readonly state: ReviewState | undefined;
  /** Most reviews on a page. */
  readonly limit: number;
  /** Id of the review after which the page begins. */
  readonly after: string | undefined;
}

/** Reviews of disclosures by an override. INVARIANT: 8. Each agency sees those in which it is requester or supplier. */
@Injectable()
export class OverrideReviewsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
  ) {}

  /** In the order in which they were opened. @throws Problem STORE_UNAVAILABLE */
  async list(agency: string, { state, limit, after }: ReviewSearch): Promise<OverrideReview[]> {
    const now = this.log.clock.now();
    return await this.query<OverrideReview>(
      `${REVIEWS} AND ($2::uuid IS NULL OR id > $2) AND ($3::text IS NULL OR $3 = ${stateAt('$4')}) ORDER BY id LIMIT $5`,
      [agency, after ?? null, state ?? null, now, limit],
    );
  }

  /** How many {@link list} would come to. @throws Problem STORE_UNAVAILABLE */
  async count(agency: string, state: ReviewState | undefined): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (${REVIEWS} AND ($2::text IS NULL OR $2 = ${stateAt('$3')})) AS found`,
      [agency, state ?? null, this.log.clock.now()],
    );
    return row?.count ?? 0;
  }

  /** What one agency has not concluded. @throws Problem STORE_UNAVAILABLE */
  async countPendingOf(agency: string): Promise<{ open: number; overdue: number }> {
    const [open, overdue] = await Promise.all([this.count(agency, 'open'), this.count(agency, 'overdue')]);
    return { open, overdue };
  }

  /** @throws Problem NOT_FOUND when there is none, or when it is none of the agency's; STORE_UNAVAILABLE */
  async find(agency: string, id: string): Promise<OverrideReview> {
    const [found] = await this.query<OverrideReview>(`${REVIEWS} AND id = $2`, [agency, id]);
    if (!found) throw new Problem('NOT_FOUND');
    return found;
  }

  /**
   * Records what an officer's agency found, together with its entry in the log. An agency concludes once; before that it may
   * once say that it needs to know more.
   * @throws Problem NOT_FOUND, REVIEW_BY_AUTHORISER, REVIEW_ANSWERED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async answer(
    { agency, officer }: CallingOfficer,
    id: string,
    { outcome, measures }: { outcome: ReviewOutcome; measures: readonly ReviewMeasure[] },
  ): Promise<OverrideReview> {
    const review = await this.find(agency, id);
    if (agency === review.requester) await this.refuseWhoeverAuthorised(officer, review.exchangeId);
    const at = this.log.clock.now();
    const entry: ReviewAnswerEntry = {
      claims: {
        kind: 'override-review-answered',
        at: at.toISOString(),
        exchangeId: review.exchangeId,
        review: review.id,
        answeredBy: { agency, officer },
        outcome,
        measures,
      },
      detail: {},
    };
    const concludes = outcome !== 'more-information-needed';
    try {
      await this.log.append(entry, {}, { sql: ANSWER, values: [id, agency, concludes, outcome, measures, at] });
    } catch (error) {
      if (error instanceof EntryStale) throw new Problem('REVIEW_ANSWERED');
      if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
      throw error;
    }
    return await this.find(agency, id);
  }

  /** How many reviews each agency has not concluded. @throws whatever the database throws */
  async countPending(): Promise<PendingReviews[]> {
    return await this.dataSource.query<PendingReviews[]>(PENDING, [this.log.clock.now()]);
  }

  /** Four eyes: the requester's staff authorise overrides. INVARIANT: 2. Where it is not known who did, nobody there answers. */
  private async refuseWhoeverAuthorised(officer: string, exchangeId: string): Promise<void> {
    const rows = await this.query<{ staffId: string | null }>(
      `SELECT claims::jsonb #>> '{override,authorisedBy,staffId}' AS "staffId"
       FROM log_entries JOIN log_bodies USING (log_index) WHERE exchange_id = $1 AND kind IN ('decision', 'outcome')`,
      [exchangeId],
    );
    if (rows.length === 0 || rows.some(({ staffId }) => staffId === null || staffId === officer)) {
      throw new Problem('REVIEW_BY_AUTHORISER');
    }
  }

  private async query<Row>(sql: string, values: unknown[]): Promise<Row[]> {
    try {
      return await this.dataSource.query<Row[]>(sql, values);
    } catch (error) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    }
  }
}

const REVIEWS = `
  SELECT id, exchange_id AS "exchangeId", requester_agency AS requester, supplier_agency AS supplier,
    opened_at AS "openedAt", due_at AS "dueAt", answers
  FROM override_reviews review, LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('agency', agency, 'outcome', outcome, 'measures', measures,
      'answeredAt', answered_at) ORDER BY answered_at), '[]') AS answers
    FROM override_review_answers WHERE review_id = review.id) AS given
  WHERE (requester_agency = $1 OR supplier_agency = $1)`;

const CONCLUDED = (agency: string): string =>
  `EXISTS (SELECT FROM override_review_answers WHERE review_id = review.id AND agency = ${agency} AND concludes)`;

/** The same as `reviewState`, in SQL: for agency $1. */
const stateAt = (at: string): string =>
  `CASE WHEN ${CONCLUDED('$1')} THEN 'answered' WHEN due_at < ${at} THEN 'overdue' ELSE 'open' END`;

/** Under the log's lock, so that of two answers at once the second finds the first. */
const ANSWER = `
  INSERT INTO override_review_answers (review_id, agency, concludes, outcome, measures, answered_at)
  SELECT $1::uuid, $2::text, $3::boolean, $4::text, $5::text[], $6::timestamptz
  WHERE NOT EXISTS (SELECT FROM override_review_answers WHERE review_id = $1 AND agency = $2 AND concludes)
  ON CONFLICT DO NOTHING`;

const PENDING = `
  SELECT party.agency, count(*) FILTER (WHERE NOT concluded AND due_at >= $1)::int AS open,
    count(*) FILTER (WHERE NOT concluded AND due_at < $1)::int AS overdue
  FROM override_reviews review, LATERAL (VALUES (requester_agency), (supplier_agency)) AS party (agency),
    LATERAL (SELECT ${CONCLUDED('party.agency')} AS concluded) AS so_far
  GROUP BY party.agency ORDER BY party.agency`;
