import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { Problem, Problems, readBody } from '../api-contract/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import { acceptedType } from './accepted-type.js';
import { instantOf } from './disclosure-search.js';
import { namesPerson } from './person-index.js';
import { writeReportCsv } from './report-csv.js';
import { writeReportPdf } from './report-pdf.js';
import { MadeReportPage, SubjectAccessBody, SubjectAccessReport, WithheldFromReport } from './subject-access-report.js';
import { SubjectAccessReportsService } from './subject-access-reports.service.js';

const EXAMPLE_ID = '0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70';

/** What persons are told of what was shared about them, and what oversight sees of what they are not told. */
@ApiTags('Subject access')
@Controller('v1/subject-access-reports')
@Allow({ officer: ['oversight'] })
@ApiExtraModels(SubjectAccessReport)
export class SubjectAccessReportsController {
  constructor(private readonly reports: SubjectAccessReportsService) {}

  @Post()
  @HttpCode(200)
  @Allow({ officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'makeSubjectAccessReport',
    summary: 'Make a report for a person of what was shared about them',
    description:
      'To hand to the person, as JSON, CSV or an accessible PDF, as `Accept` says: who asked whom for what, when, why, what was given and on which law, and what was said about sharing. Roles and agencies are in it, members of staff are not. What the law lets you withhold is left out, and the report does not say whether anything was; oversight sees it. Check first that the identifiers are those of whoever gets the report. That it was made is recorded in the disclosure log.',
  })
  @ApiBody({ type: SubjectAccessBody })
  @ApiProduces('application/json', 'text/csv', 'application/pdf')
  @ApiOkResponse({
    description: 'The report. It is not kept.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(SubjectAccessReport) } },
      'text/csv': {
        schema: { type: 'string' },
        example:
          '"Part","Date and time","Who asked"\r\n"Information that was asked for","22 November 2026","A council"\r\n',
      },
      'application/pdf': { schema: { type: 'string', format: 'binary' }, example: '%PDF-1.7' },
    },
  })
  @Problems('IDENTIFIER_INVALID', 'SEARCH_BEHIND', 'LOG_UNAVAILABLE')
  async make(
    @CurrentOfficer() officer: CallingOfficer,
    @Body() bytes: Buffer,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubjectAccessReport | string | Buffer> {
    const { subject, from, to } = readBody(SubjectAccessBody, bytes);
    const identifiers = readSubject(subject);
    const places = identifiers.flatMap(({ type }, place) => (namesPerson(type) ? [] : [place]));
    if (places.length > 0) {
      throw new Problem('REQUEST_INVALID', {
        pointers: places.map((place) => `/subject/identifiers/${place}/type`),
        detail: 'A report is about one person; this type of identifier stands for a place or an organisation.',
      });
    }
    const time = { ...instant('from', from), ...instant('to', to) };
    const type = acceptedType(accept, ['application/json', 'text/csv', 'application/pdf']);
    const report = await this.reports.report(officer, identifiers, time);
    reply.header('cache-control', 'no-store');
    if (type === 'application/json') return report;
    const extension = type === 'text/csv' ? 'csv' : 'pdf';
    reply.header('content-disposition', `attachment; filename="what-was-shared-${report.id}.${extension}"`);
    reply.header('content-type', type === 'text/csv' ? 'text/csv; charset=utf-8; header=present' : type);
    return type === 'text/csv' ? writeReportCsv(report) : await writeReportPdf(report);
  }

  @Get()
  @ApiOperation({
    operationId: 'listSubjectAccessReports',
    summary: 'See which reports your agency made for persons, and how much was left out of each',
    description: 'For oversight. The reports themselves are not kept. Each look is recorded in the disclosure log.',
  })
  @ApiQuery({
    name: 'cursor',
    required: false,
    schema: { type: 'string', pattern: '^[0-9]{1,15}$', example: '41' },
    description: '`nextCursor` of the page before.',
  })
  @ApiOkResponse({ type: MadeReportPage, description: 'A page of reports, the newest first.' })
  @Problems('REQUEST_INVALID', 'SEARCH_BEHIND', 'LOG_UNAVAILABLE')
  async list(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
  ): Promise<MadeReportPage> {
    const { cursor, ...more } = query;
    const isCursor = cursor === undefined || (typeof cursor === 'string' && /^\d{1,15}$/.test(cursor));
    if (!isCursor || Object.keys(more).length > 0) {
      throw new Problem('REQUEST_INVALID', { pointers: ['/cursor'], detail: 'The query takes cursor alone, once.' });
    }
    return await this.reports.list(officer, cursor === undefined ? undefined : Number(cursor));
  }

  @Get(':id/withheld')
  @ApiOperation({
    operationId: 'getWithheldFromReport',
    summary: 'See what was left out of a report for a person',
    description:
      'For oversight, of the agency whose officer had the report made; any other looks like one that does not exist. Each look is recorded in the disclosure log.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: WithheldFromReport, description: 'How much was left out, and the ids of it.' })
  @Problems('NOT_FOUND', 'SEARCH_BEHIND', 'LOG_UNAVAILABLE')
  async withheld(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<WithheldFromReport> {
    if (!isUUID(id)) throw new Problem('NOT_FOUND');
    return await this.reports.withheld(officer, id);
  }
}

function instant(name: 'from' | 'to', text: string | undefined): { from?: Date; to?: Date } {
  if (text === undefined) return {};
  const at = instantOf(text);
  if (!at) {
    throw new Problem('REQUEST_INVALID', { pointers: [`/${name}`], detail: 'Give a day or an instant (RFC 3339).' });
  }
  return { [name]: at };
}
