import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { Problem, Problems, readBody, TakesPage } from '../api-contract/index.js';
import { DisclosureLog } from '../disclosure-log/index.js';
import { REVIEW_STATES, type OverrideReview } from './override-review.js';
import { OverrideReviewsService } from './override-reviews.service.js';
import { ReviewAnswer, ReviewPage } from './review-answer.js';
import { ReviewBody } from './review-body.js';
import { readReviewSearch } from './review-search.js';

const EXAMPLE_ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';

/** Reviews of disclosures by an override, for officers of the two agencies concerned. */
@ApiTags('Reviews')
@Controller('v1/reviews')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class OverrideReviewsController {
  constructor(
    private readonly reviews: OverrideReviewsService,
    private readonly log: DisclosureLog,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listReviews',
    summary: 'List the reviews of overrides that concern your agency',
    description: 'Each disclosure by an override opens one, for the requester’s agency and the supplier’s to answer.',
  })
  @ApiQuery({
    name: 'state',
    required: false,
    schema: { type: 'string', enum: [...REVIEW_STATES], example: 'open' },
    description: 'Only those that stand so for your agency.',
  })
  @TakesPage('reviews', { type: 'string', format: 'uuid', example: EXAMPLE_ID })
  @ApiOkResponse({ type: ReviewPage, description: 'A page of reviews, in the order in which they were opened.' })
  async list(
    @CurrentOfficer() { agency }: CallingOfficer,
    @Query() query: Record<string, unknown>,
  ): Promise<ReviewPage> {
    const search = readReviewSearch(query);
    const found = await this.reviews.list(agency, { ...search, limit: search.limit + 1 });
    const reviews = found.slice(0, search.limit).map((review) => this.view(review, agency));
    return { reviews, nextCursor: found.length > search.limit ? (reviews.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getReview',
    summary: 'See a review of an override',
    description: 'One that does not concern your agency looks like one that does not exist.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: ReviewAnswer, description: 'The review as it stands.' })
  @Problems('NOT_FOUND')
  async get(@CurrentOfficer() { agency }: CallingOfficer, @Param('id') id: string): Promise<ReviewAnswer> {
    return this.view(await this.reviews.find(agency, known(id)), agency);
  }

  @Post(':id/answers')
  @Allow({ officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'answerReview',
    summary: 'Say what your agency found when it reviewed an override',
    description:
      'Each agency concludes once, and nothing replaces its answer. Whoever authorised the override does not answer for their agency. The review is closed when both agencies have concluded.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiBody({ type: ReviewBody })
  @ApiCreatedResponse({ type: ReviewAnswer, description: 'The review as it stands now.' })
  @Problems('NOT_FOUND', 'REVIEW_BY_AUTHORISER', 'REVIEW_ANSWERED', 'LOG_UNAVAILABLE')
  async answer(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Body() bytes: Buffer,
  ): Promise<ReviewAnswer> {
    const body = readBody(ReviewBody, bytes);
    if (body.measures.length > 1 && body.measures.includes('none')) {
      throw new Problem('REQUEST_INVALID', { pointers: ['/measures'], detail: 'Nothing stands beside none.' });
    }
    return this.view(await this.reviews.answer(officer, known(id), body), officer.agency);
  }

  private view(review: OverrideReview, agency: string): ReviewAnswer {
    return ReviewAnswer.of(review, agency, this.log.clock.now());
  }
}

function known(id: string): string {
  if (!isUUID(id)) throw new Problem('NOT_FOUND');
  return id;
}
