import { Body, Controller, Headers, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentSystemOrOfficer, type Caller, type CallingOfficer } from '../access/index.js';
import { Problem, Problems, readBody } from '../api-contract/index.js';
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
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Any text of up to 200 characters that names this call.',
    example: '5f2d7c1e-0b53-4a38-9a51-2f1f5a6f0c11',
  })
  @ApiBody({ type: DecisionNotToShareBody })
  @ApiCreatedResponse({ type: DecisionNotToShareAnswer, description: 'The decision is on record.' })
  @Problems('IDENTIFIER_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async record(
    @CurrentSystemOrOfficer() caller: Caller | CallingOfficer,
    @Body() body: Buffer,
    @Headers('Idempotency-Key') idempotencyKey?: string,
  ): Promise<DecisionNotToShareAnswer> {
    if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) {
      throw new Problem('REQUEST_INVALID', { detail: 'An Idempotency-Key is 1 to 200 printable ASCII characters.' });
    }
    const { claims, receipt } = await this.decisions.record(
      caller,
      readBody(DecisionNotToShareBody, body),
      idempotencyKey,
    );
    return { id: claims.exchangeId, recordedAt: claims.at, receipt };
  }
}
