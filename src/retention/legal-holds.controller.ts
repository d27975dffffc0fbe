import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { cutPage, IdempotencyKey, Problem, Problems, readBody, readPage, TakesPage } from '../api-contract/index.js';
import { knownId } from '../permissions/index.js';
import { looksLikePersonIdentifier } from '../subject-handles/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import { LegalHoldAnswer, LegalHoldBody, LegalHoldPage } from './legal-hold-bodies.js';
import { LegalHoldsService, type MatterToHold } from './legal-holds.service.js';

const EXAMPLE_ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';

/** Legal holds: what they keep is not erased, whatever its retention or an order says. */
@ApiTags('Retention')
@Controller('v1/legal-holds')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class LegalHoldsController {
  constructor(private readonly holds: LegalHoldsService) {}

  @Post()
  @Allow({ officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'placeLegalHold',
    summary: 'Keep what is on record, until further notice',
    description:
      'Of exchanges, of all exchanges under an agreement, or about a person; also what is recorded from now on. A hold of either party holds. The other party is not told of it, but an erasure that it orders is refused. Repeat the call with the same Idempotency-Key if its answer was lost.',
  })
  @ApiBody({ type: LegalHoldBody })
  @ApiCreatedResponse({ type: LegalHoldAnswer, description: 'The hold as it stands now.' })
  @Problems('IDENTIFIER_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async place(
    @CurrentOfficer() officer: CallingOfficer,
    @Body() bytes: Buffer,
    @IdempotencyKey() idempotencyKey: string | undefined,
  ): Promise<LegalHoldAnswer> {
    const body = readBody(LegalHoldBody, bytes);
    return LegalHoldAnswer.of(await this.holds.place(officer, matterOf(body), body, idempotencyKey));
  }

  @Get()
  @ApiOperation({
    operationId: 'listLegalHolds',
    summary: 'List the legal holds that your agency placed',
    description: 'Those that stand, and those that were lifted. Of the holds of other agencies none is told.',
  })
  @TakesPage('holds', { type: 'string', format: 'uuid', example: EXAMPLE_ID })
  @ApiOkResponse({ type: LegalHoldPage, description: 'A page of holds, lifted ones too.' })
  async list(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
  ): Promise<LegalHoldPage> {
    const { limit, after } = readPage(query);
    const found = await this.holds.list(officer, { limit: limit + 1, after });
    const { items, nextCursor } = cutPage(found, limit, ({ id }) => id);
    return { legalHolds: items.map((hold) => LegalHoldAnswer.of(hold)), nextCursor };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getLegalHold',
    summary: 'See a legal hold',
    description: 'One that another agency placed looks like one that does not exist.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: LegalHoldAnswer, description: 'The hold as it stands.' })
  @Problems('NOT_FOUND')
  async get(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<LegalHoldAnswer> {
    return LegalHoldAnswer.of(await this.holds.find(officer, knownId(id)));
  }

  @Post(':id/lift')
  @HttpCode(200)
  @Allow({ officer: ['reviewer'] })
  @ApiOperation({
    operationId: 'liftLegalHold',
    summary: 'Lift a legal hold',
    description:
      'What it kept and nothing else keeps is erased when its retention has ended. To lift it again changes nothing.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: LegalHoldAnswer, description: 'The hold as it stands now.' })
  @Problems('NOT_FOUND', 'LOG_UNAVAILABLE')
  async lift(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<LegalHoldAnswer> {
    return LegalHoldAnswer.of(await this.holds.lift(officer, knownId(id)));
  }
}

/** @throws Problem REQUEST_INVALID, IDENTIFIER_INVALID */
function matterOf({ exchanges, agreement, subject, reference }: LegalHoldBody): MatterToHold {
  const given = [exchanges, agreement, subject].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new Problem('REQUEST_INVALID', {
      pointers: [''],
      detail: 'One of exchanges, agreement and subject says what is held.',
    });
  }
  // INVARIANT: 1. What is kept as it stands cannot be a person's identifier.
  for (const [pointer, text] of [
    ['/reference', reference],
    ['/agreement', agreement ?? ''],
  ] as const) {
    if (looksLikePersonIdentifier(text)) {
      throw new Problem('REQUEST_INVALID', {
        pointers: [pointer],
        detail: 'This is kept in the log, so it must not have the form of a person’s identifier.',
      });
    }
  }
  return {
    ...(exchanges && { exchanges: exchanges.map((id) => id.toLowerCase()) }),
    ...(agreement !== undefined && { agreement }),
    ...(subject && { subject: readSubject(subject) }),
  };
}
