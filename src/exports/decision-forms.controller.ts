import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { renderHtml, renderMarkdown } from '../agreement-documents/index.js';
import { Problem, Problems } from '../api-contract/index.js';
import { DecisionForms } from './decision-forms.service.js';
import { fileName } from './file-name.js';
import { asFile, PAGE_POLICY, readChoice } from './handing-out.js';

/** The decision form of the ICO's data sharing code, for any exchange. */
@ApiTags('Exchanges')
@Controller('v1/exchanges')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class DecisionFormsController {
  constructor(private readonly forms: DecisionForms) {}

  @Get(':exchangeId/decision-form')
  @ApiOperation({
    operationId: 'getDecisionForm',
    summary: 'The data sharing decision form of an exchange, filled from its record',
    description:
      'The fields of Annex B of the ICO’s data sharing code, for a disclosure, a refusal, or a decision not to share by its id. What the record does not hold is said to be not stated. For officers of the agencies that were requester or supplier; recorded in the disclosure log.',
  })
  @ApiParam({ name: 'exchangeId', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiQuery({
    name: 'as',
    required: false,
    schema: { type: 'string', enum: ['html', 'markdown'], default: 'html', example: 'markdown' },
    description: 'A page to read and print, or plain text.',
  })
  @ApiOkResponse({
    description: 'The form.',
    content: {
      'text/html': { schema: { type: 'string' }, example: '<!doctype html>…' },
      'text/markdown': { schema: { type: 'string' }, example: '# Data sharing decision form\n\n…' },
    },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'EXCHANGE_ERASED', 'LOG_UNAVAILABLE')
  async form(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('exchangeId') exchangeId: string,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const as = readChoice(query, 'as', ['html', 'markdown']);
    if (!isUUID(exchangeId)) throw new Problem('NOT_FOUND');
    const form = await this.forms.of(officer, exchangeId);
    const extension = as === 'html' ? 'html' : 'md';
    asFile(reply, `text/${as}; charset=utf-8`, fileName(['decision-form', exchangeId], extension));
    if (as === 'markdown') return renderMarkdown(form);
    reply.header('content-security-policy', PAGE_POLICY);
    return renderHtml(form);
  }
}
