import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, CurrentCaller, type Caller } from '../access/index.js';
import { Admission } from '../admission/index.js';
import { Problem, Problems } from '../api-contract/index.js';
import { Metrics, requestContext } from '../observability/index.js';
import { DisclosureBroker, type Disclosure } from './broker-disclosure.js';
import { QueryBody } from './query-body.js';
import { QUERY_ANSWER_EXAMPLES, QUERY_EXAMPLES } from './query-examples.js';
import { requesterGone } from './requester-gone.js';

class DecisionBody {
  @ApiProperty({ enum: ['permit', 'permit-partial'], example: 'permit' })
  outcome!: string;

  @ApiProperty({ example: ['PERMIT'], description: 'See the documentation of reason codes.' })
  reasonCodes!: string[];

  @ApiProperty({
    example: '7d1f0c6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687',
    description: 'Content hash of everything that decided: policies, schema, legal bases and purposes.',
  })
  policyVersion!: string;
}

class WithheldBody {
  @ApiProperty({ example: 'risk-summary' })
  dataItem!: string;

  @ApiProperty({ example: 'DENY_CONSENT_REQUIRED' })
  reason!: string;
}

/** Answer of `POST /v1/queries`. */
export class QueryAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  exchangeId!: string;

  @ApiProperty({ type: () => DecisionBody })
  decision!: DecisionBody;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { 'care-coordinator': { name: 'Casey Example', team: 'Northmoor East community team' } },
    description: 'Each permitted item. `null` where the supplier holds no value, or does not know the person.',
  })
  data!: Record<string, unknown>;

  @ApiProperty({ type: () => [WithheldBody], example: [] })
  withheld!: WithheldBody[];

  @ApiProperty({
    example: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1yZWNlaXB0K2p3cyJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl',
    description:
      'Signed statement of what was decided and disclosed, with its proof of being in the log (compact JWS).',
  })
  receipt!: string;
}

/** The query pattern: one agency's system asks another agency's data service about one subject. */
@ApiTags('Exchanges')
@Controller('v1/queries')
@Allow('system')
export class QueriesController {
  constructor(
    private readonly broker: DisclosureBroker,
    private readonly admission: Admission,
    private readonly metrics: Metrics,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'createQuery',
    summary: 'Ask a data service about a person or place',
    description:
      'Decides under the agreement in force, asks the supplier for the permitted items only, records the disclosure, and answers. A refusal is a 403 with its reason codes and a receipt of its own. Not idempotent: each call is an exchange of its own and is logged.',
  })
  @ApiBody({ type: QueryBody, examples: QUERY_EXAMPLES })
  @ApiOkResponse({
    type: QueryAnswer,
    description: 'What may be disclosed, with its receipt.',
    examples: QUERY_ANSWER_EXAMPLES,
  })
  @Problems(
    'IDENTIFIER_INVALID',
    'IDENTIFIER_TYPE_NOT_TAKEN',
    'DISCLOSURE_REFUSED',
    'BUDGET_USED_UP',
    'SYSTEM_OVER_SHARE',
    'SUPPLIER_REFUSED',
    'SUPPLIER_UNAVAILABLE',
    'SUPPLIER_ANSWER_UNUSABLE',
    'GATEWAY_BUSY',
    'GATEWAY_STOPPING',
    'LOG_UNAVAILABLE',
    'SUPPLIER_BUSY',
    'SUPPLIER_TIMED_OUT',
  )
  async createQuery(
    @CurrentCaller() caller: Caller,
    @Body() body: Buffer,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Disclosure> {
    const leave = this.admission.enter(caller.system);
    const ended = this.metrics.exchangeStarted('query');
    const context = requestContext(request.raw);
    const { traceparent } = context;
    try {
      const disclosure = await this.broker.brokerDisclosure({
        pattern: 'query',
        caller,
        body,
        signal: requesterGone(reply),
        ...(traceparent !== undefined && { traceparent }),
      });
      context.exchangeId = disclosure.exchangeId;
      ended('released');
      return disclosure;
    } catch (error) {
      ended(endingOf(error));
      if (error instanceof Problem && error.details.exchangeId) context.exchangeId = error.details.exchangeId;
      throw error;
    } finally {
      leave();
    }
  }
}

function endingOf(error: unknown): 'refused' | 'not-understood' | 'failed' {
  const status = error instanceof Problem ? error.status : 500;
  if (status === 403 || (error instanceof Problem && error.code === 'BUDGET_USED_UP')) return 'refused';
  return status < 500 ? 'not-understood' : 'failed';
}
