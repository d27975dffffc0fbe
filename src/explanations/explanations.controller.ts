import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { Problem, Problems } from '../api-contract/index.js';
import { Explanation } from './explanation.js';
import { ExplanationsService } from './explanations.service.js';

/** Why an exchange was decided as it was. */
@ApiTags('Exchanges')
@Controller('v1/exchanges')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class ExplanationsController {
  constructor(private readonly explanations: ExplanationsService) {}

  @Get(':exchangeId/explanation')
  @ApiOperation({
    operationId: 'explainExchange',
    summary: 'Explain an exchange to its officers, and to the person whom it was about',
    description:
      'From what was kept: facts, policies and legal bases of the day. For officers of the agencies that were requester or supplier; any other exchange looks like one that does not exist. Each look-up is recorded in the disclosure log.',
  })
  @ApiParam({ name: 'exchangeId', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiOkResponse({ type: Explanation, description: 'What was decided, why, and what became of it.' })
  @Problems('NOT_FOUND', 'EXCHANGE_ERASED', 'LOG_UNAVAILABLE')
  async explain(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('exchangeId') exchangeId: string,
  ): Promise<Explanation> {
    if (!isUUID(exchangeId)) throw new Problem('NOT_FOUND');
    return await this.explanations.explain(officer, exchangeId);
  }
}
