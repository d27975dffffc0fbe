import { Body, Controller, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentSystemOrOfficer, type Caller, type CallingOfficer } from '../access/index.js';
import { IdempotencyKey, Problems, readBody } from '../api-contract/index.js';
import { DecisionNotToShareBody } from './decision-body.js';
import { DecisionsNotToShareService } from './decisions-not-to-share.service.js';

class DecisionNotToShareAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-aa34-7b11-9a0e-6d5c4b3a2918' })
  id!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.000Z' })
  recordedAt!: string;

  @ApiProperty({
    example: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1yZWNlaXB0K2p3cyJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl',
    description: 'Signed statement of what was decided, with its proof of being in the log (compact JWS).',
  })
  receipt!: string;
}

/** Decisions not to share that people made, recorded by the agency that holds the data. */
@ApiTags('Decisions not to share')
@Controller('v1/decisions-not-to-share')
export class DecisionsNotToShareController {
  constructor(private readonly decisions: DecisionsNotToShareService) {}

  @Post()
  @Allow({ system: true, officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'recordDecisionNotToShare',
    summary: 'Record that somebody decided not to share',
    description:
      'About a request that was made outside the gateway, or that a professional decided against. Stands in the disclosure log with a receipt. It binds no later request. Repeat the call with the same Idempotency-Key if its answer was lost.',
  })
  @ApiBody({ type: DecisionNotToShareBody })
  @ApiCreatedResponse({ type: DecisionNotToShareAnswer, description: 'The decision is on record.' })
  @Problems('IDENTIFIER_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async record(
    @CurrentSystemOrOfficer() caller: Caller | CallingOfficer,
    @Body() body: Buffer,
    @IdempotencyKey() idempotencyKey: string | undefined,
  ): Promise<DecisionNotToShareAnswer> {
    const { claims, receipt } = await this.decisions.record(
      caller,
      readBody(DecisionNotToShareBody, body),
      idempotencyKey,
    );
    return { id: claims.exchangeId, recordedAt: claims.at, receipt };
  }
}
