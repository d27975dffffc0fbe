import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { Problem, Problems, readBody } from '../api-contract/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import { DisclosureAnswer, DisclosurePage, PersonDisclosurePage, PersonSearchBody } from './disclosure-answer.js';
import {
  DEFAULT_PER_PAGE,
  FILTERS,
  MOST_PER_PAGE,
  placeOf,
  readDisclosureSearch,
  type Filter,
} from './disclosure-search.js';
import { DisclosuresService } from './disclosures.service.js';

/** A filter in the description of the API. */
const filterQuery = ([name, { description, example, takes }]: [string, Filter]): MethodDecorator =>
  ApiQuery({
    name,
    required: false,
    description,
    schema:
      takes instanceof RegExp
        ? { type: 'string', pattern: takes.source, example }
        : { type: 'string', enum: [...takes], example },
  });

const instantQuery = (name: string, description: string, example: string): MethodDecorator =>
  ApiQuery({ name, required: false, description, schema: { type: 'string', example } });

/** What an agency asked for and was asked for, for its officers. */
@ApiTags('Disclosures')
@Controller('v1/disclosures')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class DisclosuresController {
  constructor(private readonly disclosures: DisclosuresService) {}

  @Get()
  @ApiOperation({
    operationId: 'listDisclosures',
    summary: 'Search the disclosures of your agency',
    description:
      'Every exchange in which your agency asked or was asked, refusals too, and every decision not to share that people of it made; up to the newest entry of the log. All filters that are given must fit. A person is never searched for here. Each search is recorded in the disclosure log.',
  })
  @applyDecorators(
    instantQuery('from', 'Decided then or later: a day (its beginning in UTC) or an instant.', '2026-11-01'),
    instantQuery('to', 'Decided before then.', '2026-12-01T00:00:00Z'),
    ...Object.entries(FILTERS).map(filterQuery),
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MOST_PER_PAGE, default: DEFAULT_PER_PAGE, example: 20 },
      description: 'Most disclosures on a page.',
    }),
    instantQuery('cursor', '`nextCursor` of the page before.', 'NDIgMjAyNi0xMS0yMlQwOTozMDowMC4wMDBaIDQx'),
  )
  @ApiOkResponse({ type: DisclosurePage, description: 'A page of disclosures, the newest first.' })
  @Problems('REQUEST_INVALID', 'SEARCH_BEHIND', 'LOG_UNAVAILABLE')
  async list(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
  ): Promise<DisclosurePage> {
    return await this.disclosures.list(officer, readDisclosureSearch(query));
  }

  @Post('search-by-subject')
  @HttpCode(200)
  @Allow({ officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'searchDisclosuresBySubject',
    summary: 'Find every disclosure about a person',
    description:
      'Of your agency, under the identifiers that you give and under every other that one exchange used together with any of them. Check that it is the same person: two may share a name and a date of birth. Each search is recorded in the disclosure log, by keyed handles.',
  })
  @ApiBody({ type: PersonSearchBody })
  @ApiOkResponse({ type: PersonDisclosurePage, description: 'A page of disclosures, the newest first.' })
  @Problems('IDENTIFIER_INVALID', 'SEARCH_BEHIND', 'LOG_UNAVAILABLE')
  async searchBySubject(
    @CurrentOfficer() officer: CallingOfficer,
    @Body() bytes: Buffer,
  ): Promise<PersonDisclosurePage> {
    const { subject, limit = DEFAULT_PER_PAGE, cursor } = readBody(PersonSearchBody, bytes);
    const identifiers = readSubject(subject);
    const after = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && !after) {
      throw new Problem('REQUEST_INVALID', { pointers: ['/cursor'], detail: 'Take it from the page before.' });
    }
    return await this.disclosures.findPerson(officer, identifiers, { limit, after });
  }

  @Get(':exchangeId')
  @ApiOperation({
    operationId: 'getDisclosure',
    summary: 'See one disclosure, why it was decided so, and the proof that it is in the log',
    description:
      'For officers of the agencies that were requester or supplier; any other looks like one that does not exist. Each look is recorded in the disclosure log.',
  })
  @ApiParam({ name: 'exchangeId', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiOkResponse({ type: DisclosureAnswer, description: 'What was decided, why, what became of it, and its proofs.' })
  @Problems('NOT_FOUND', 'EXCHANGE_ERASED', 'SEARCH_BEHIND', 'LOG_UNAVAILABLE')
  async find(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('exchangeId') exchangeId: string,
  ): Promise<DisclosureAnswer> {
    if (!isUUID(exchangeId)) throw new Problem('NOT_FOUND');
    return await this.disclosures.find(officer, exchangeId);
  }
}
