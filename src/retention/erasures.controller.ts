import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { cutPage, IdempotencyKey, Problems, readBody, readPage, TakesPage } from '../api-contract/index.js';
import { knownId } from '../permissions/index.js';
import { ErasureAnswer, ErasureBody, ErasurePage } from './erasure-bodies.js';
import { ErasuresService } from './erasures.service.js';

const EXAMPLE_ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';

/** Erasure before the retention ends, ordered by a reviewer and confirmed by another. */
@ApiTags('Retention')
@Controller('v1/erasures')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class ErasuresController {
  constructor(private readonly erasures: ErasuresService) {}

  @Post()
  @Allow({ officer: ['reviewer'] })
  @ApiOperation({
    operationId: 'orderErasure',
    summary: 'Order that what is on record of exchanges be erased',
    description:
      'Nothing is erased until a reviewer of the other party confirms it; where there is no other, another reviewer of your agency. The proof that there was an entry stays, and receipts stay valid. Repeat the call with the same Idempotency-Key if its answer was lost.',
  })
  @ApiBody({ type: ErasureBody })
  @ApiCreatedResponse({ type: ErasureAnswer, description: 'The order as it stands now.' })
  @Problems('IDEMPOTENCY_KEY_REUSED', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async order(
    @CurrentOfficer() officer: CallingOfficer,
    @Body() bytes: Buffer,
    @IdempotencyKey() idempotencyKey: string | undefined,
  ): Promise<ErasureAnswer> {
    const { exchanges, ground } = readBody(ErasureBody, bytes);
    const order = { exchanges: exchanges.map((id) => id.toLowerCase()), ground };
    return ErasureAnswer.of(await this.erasures.order(officer, order, idempotencyKey), officer.agency);
  }

  @Get()
  @ApiOperation({
    operationId: 'listErasures',
    summary: 'List the erasures that your agency ordered or is to confirm',
    description: 'Those that wait for a confirmation, and those that were carried out.',
  })
  @TakesPage('orders', { type: 'string', format: 'uuid', example: EXAMPLE_ID })
  @ApiOkResponse({ type: ErasurePage, description: 'A page of orders.' })
  async list(@CurrentOfficer() officer: CallingOfficer, @Query() query: Record<string, unknown>): Promise<ErasurePage> {
    const { limit, after } = readPage(query);
    const found = await this.erasures.list(officer, { limit: limit + 1, after });
    const { items, nextCursor } = cutPage(found, limit, ({ id }) => id);
    return { erasures: items.map((order) => ErasureAnswer.of(order, officer.agency)), nextCursor };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getErasure',
    summary: 'See an order to erase',
    description: 'One that does not concern your agency looks like one that does not exist.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: ErasureAnswer, description: 'The order as it stands.' })
  @Problems('NOT_FOUND')
  async get(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<ErasureAnswer> {
    return ErasureAnswer.of(await this.erasures.find(officer, knownId(id)), officer.agency);
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @Allow({ officer: ['reviewer'] })
  @ApiOperation({
    operationId: 'confirmErasure',
    summary: 'Confirm an order to erase, and carry it out',
    description:
      'At once and for good: all of it, or nothing where a legal hold of either party keeps any of it. To confirm it again changes nothing.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: ErasureAnswer, description: 'The order as it stands now.' })
  @Problems('NOT_FOUND', 'ERASURE_TO_BE_CONFIRMED', 'LEGAL_HOLD', 'EXCHANGE_ERASED', 'LOG_UNAVAILABLE')
  async confirm(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<ErasureAnswer> {
    return ErasureAnswer.of(await this.erasures.confirm(officer, knownId(id)), officer.agency);
  }
}
