import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import {
  closedAt,
  REVIEW_MEASURES,
  REVIEW_OUTCOMES,
  REVIEW_STATES,
  reviewState,
  type OverrideReview,
  type ReviewState,
} from './override-review.js';

class GivenAnswer {
  @ApiProperty({ example: 'northmoor-council' })
  agency!: string;

  @ApiProperty({ enum: REVIEW_OUTCOMES, example: 'justified' })
  outcome!: string;

  @ApiProperty({ enum: REVIEW_MEASURES, isArray: true, example: ['person-told'] })
  measures!: readonly string[];

  @ApiProperty({ example: '2026-11-24T10:00:00.000Z' })
  answeredAt!: string;
}

/** A review as an officer of one of its two agencies sees it. */
export class ReviewAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70' })
  id!: string;

  @ApiProperty({
    format: 'uuid',
    example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    description: 'The exchange; its explanation says what was disclosed and why.',
  })
  exchangeId!: string;

  @ApiProperty({ example: 'northmoor-council' })
  requester!: string;

  @ApiProperty({ example: 'northmoor-nhs-trust' })
  supplier!: string;

  @ApiProperty({
    enum: REVIEW_STATES,
    example: 'open',
    description: 'For your agency. `overdue`: it has not concluded, and should have.',
  })
  state!: ReviewState;

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  openedAt!: string;

  @ApiProperty({ example: '2026-12-06T09:00:00.000Z', description: 'By when both agencies answer.' })
  dueAt!: string;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'When the last of both concluded.' })
  closedAt!: string | null;

  @ApiProperty({ type: () => [GivenAnswer], example: [] })
  answers!: GivenAnswer[];

  /** @param agency whose state is told, and @param at when */
  static of(review: OverrideReview, agency: string, at: Date): ReviewAnswer {
    const { id, exchangeId, requester, supplier, openedAt, dueAt } = review;
    const answers = review.answers.map((answer) => ({ ...answer, answeredAt: new Date(answer.answeredAt) }));
    const read = { ...review, answers };
    return {
      id,
      exchangeId,
      requester,
      supplier,
      state: reviewState(read, agency, at),
      openedAt: openedAt.toISOString(),
      dueAt: dueAt.toISOString(),
      closedAt: closedAt(read)?.toISOString() ?? null,
      answers: answers.map((answer) => ({ ...answer, answeredAt: answer.answeredAt.toISOString() })),
    };
  }
}

/** Answer of `GET /v1/reviews`. */
export class ReviewPage {
  @ApiProperty({ type: () => [ReviewAnswer], description: 'In the order in which they were opened.' })
  reviews!: ReviewAnswer[];

  @NextCursor()
  nextCursor!: string | null;
}
