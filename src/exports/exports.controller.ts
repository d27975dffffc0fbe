import { Controller, Get, Header, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { renderHtml } from '../agreement-documents/index.js';
import { Problem, Problems } from '../api-contract/index.js';
import {
  AUDIT_EVENT_EXAMPLE,
  BUNDLE_EXAMPLE,
  EVIDENCE_EXAMPLE,
  EXCHANGES_EXAMPLE,
  EXPORT_HEADERS,
  ROUTINE_SHARING_EXAMPLE,
  STATISTICS_EXAMPLE,
} from './export-examples.js';
import { readExportSearch } from './export-search.js';
import { ExportsService, type StreamedForm } from './exports.service.js';
import { asFile, PAGE_POLICY, readChoice } from './handing-out.js';

const FROM = {
  name: 'from',
  schema: { type: 'string', format: 'date-time', example: '2026-11-01T00:00:00Z' },
  description: 'First instant of the period (RFC 3339, UTC).',
} as const;
const TO = {
  name: 'to',
  schema: { type: 'string', format: 'date-time', example: '2026-12-01T00:00:00Z' },
  description: 'First instant no longer in the period.',
} as const;
const TREE_SIZE = {
  name: 'treeSize',
  required: false,
  schema: { type: 'integer', minimum: 0, example: 4711 },
  description: 'To go on: what `Gatehouse-Export-Tree-Size` said.',
} as const;
const AFTER = {
  name: 'after',
  required: false,
  schema: { type: 'integer', minimum: 0, example: 42 },
  description: 'To go on: the log index in the last whole line that arrived.',
} as const;

const GOES_ON =
  'Streams. It is pinned to one checkpoint of the log: after a connection is lost, ask again with `treeSize` and `after`, and the rest follows, as it would have come. Each call is recorded in the disclosure log before its first byte.';

/** What officers take out of the log: records of their own agency's exchanges. */
@ApiTags('Exports')
@Controller('v1/exports')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Get('evidence')
  @ApiOperation({
    operationId: 'exportEvidence',
    summary: 'Export the log entries of your agency’s exchanges, each with its proof',
    description: `JSON Lines. The first line names the checkpoint and how many lines follow; every other opens the claims of one entry and proves its place, offline (\`gatehouse log verify-export\`, \`verifyExport\` in the SDK). ${GOES_ON}`,
  })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery(TREE_SIZE)
  @ApiQuery(AFTER)
  @ApiOkResponse({
    description: 'One JSON object to a line.',
    headers: EXPORT_HEADERS,
    content: { 'application/x-ndjson': { schema: { type: 'string' }, example: EVIDENCE_EXAMPLE } },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'EXPORTS_UNDER_WAY', 'GATEWAY_STOPPING', 'LOG_UNAVAILABLE')
  async evidence(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return await this.stream(officer, 'evidence', query, reply);
  }

  @Get('exchanges')
  @ApiOperation({
    operationId: 'exportExchanges',
    summary: 'Export your agency’s exchanges as a table',
    description: `CSV (RFC 4180), one row for each exchange that was decided in the period, with what became of it by the checkpoint; safe to open in a spreadsheet. ${GOES_ON}`,
  })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery(TREE_SIZE)
  @ApiQuery(AFTER)
  @ApiOkResponse({
    description: 'The names of the columns, then the rows.',
    headers: EXPORT_HEADERS,
    content: { 'text/csv': { schema: { type: 'string' }, example: EXCHANGES_EXAMPLE } },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'EXPORTS_UNDER_WAY', 'GATEWAY_STOPPING', 'LOG_UNAVAILABLE')
  async table(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return await this.stream(officer, 'exchanges', query, reply);
  }

  @Get('audit-events')
  @ApiOperation({
    operationId: 'exportAuditEvents',
    summary: 'Export your agency’s exchanges as FHIR R4 AuditEvents',
    description: `One resource to a line (FHIR NDJSON), for the audit repository of a record system. The subject is a handle in your agency’s view. ${GOES_ON}`,
  })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery(TREE_SIZE)
  @ApiQuery(AFTER)
  @ApiOkResponse({
    description: 'One AuditEvent to a line.',
    headers: EXPORT_HEADERS,
    content: { 'application/fhir+ndjson': { schema: { type: 'string' }, example: AUDIT_EVENT_EXAMPLE } },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'EXPORTS_UNDER_WAY', 'GATEWAY_STOPPING', 'LOG_UNAVAILABLE')
  async auditEvents(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return await this.stream(officer, 'audit-events', query, reply);
  }

  @Get('audit-event-bundle')
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  @ApiOperation({
    operationId: 'exportAuditEventBundle',
    summary: 'Export your agency’s exchanges as a FHIR R4 Bundle of AuditEvents',
    description:
      'The same resources as `exportAuditEvents`, at most 250 at a time; the link `next` leads to the Bundle after it. Recorded in the disclosure log.',
  })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery(TREE_SIZE)
  @ApiQuery(AFTER)
  @ApiOkResponse({
    description: 'A Bundle of type `collection`.',
    content: { 'application/fhir+json': { schema: { type: 'object' }, example: BUNDLE_EXAMPLE } },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async bundle(@CurrentOfficer() officer: CallingOfficer, @Query() query: Record<string, unknown>): Promise<object> {
    return await this.exports.auditEventBundle(officer, readExportSearch(query));
  }

  @Get('statistics')
  @ApiOperation({
    operationId: 'exportStatistics',
    summary: 'Count your agency’s exchanges of a month',
    description:
      'CSV: by other agency, purpose, legal basis, decision, outcome, reason and override. With `variant=published`, numbers below 5 are not told and others are rounded down to a multiple of 5. Recorded in the disclosure log.',
  })
  @ApiQuery({
    name: 'month',
    schema: { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])$', example: '2026-11' },
    description: 'A month in UTC, by when exchanges were decided.',
  })
  @ApiQuery({
    name: 'variant',
    required: false,
    schema: { type: 'string', enum: ['own', 'published'], default: 'own', example: 'published' },
    description: '`own`: exact numbers, for your agency. `published`: for everybody.',
  })
  @ApiOkResponse({
    description: 'One row for each number.',
    content: { 'text/csv': { schema: { type: 'string' }, example: STATISTICS_EXAMPLE } },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async statistics(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { month, ...rest } = query;
    const variant = readChoice(rest, 'variant', ['own', 'published']);
    if (typeof month !== 'string' || !/^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(month)) {
      throw new Problem('REQUEST_INVALID', { pointers: ['/month'], detail: 'Give the month as 2026-11.' });
    }
    const { csv, fileName } = await this.exports.statistics(officer, month, variant === 'published');
    asFile(reply, 'text/csv; charset=utf-8; header=present', fileName);
    return csv;
  }

  @Get('routine-sharing')
  @ApiOperation({
    operationId: 'exportRoutineSharing',
    summary: 'The register of what your agency routinely discloses, by category of recipient',
    description:
      'Each leg of an agreement in force from your agency, and how often it was used in the period. As assessors of the Data Security and Protection Toolkit ask for it. Recorded in the disclosure log.',
  })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery({
    name: 'as',
    required: false,
    schema: { type: 'string', enum: ['csv', 'html'], default: 'csv', example: 'html' },
    description: 'A table, or a page to read and print.',
  })
  @ApiOkResponse({
    description: 'The register.',
    content: {
      'text/csv': { schema: { type: 'string' }, example: ROUTINE_SHARING_EXAMPLE },
      'text/html': { schema: { type: 'string' }, example: '<!doctype html>…' },
    },
  })
  @Problems('REQUEST_INVALID', 'NOT_FOUND', 'LOG_UNAVAILABLE')
  async routineSharing(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { from, to, ...rest } = query;
    const as = readChoice(rest, 'as', ['csv', 'html']);
    const { sharing, fileName } = await this.exports.routineSharing(officer, readExportSearch({ from, to }));
    asFile(reply, as === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'text/html; charset=utf-8', fileName(as));
    if (as === 'csv') return sharing.toCsv();
    reply.header('content-security-policy', PAGE_POLICY);
    return renderHtml(sharing.toDocument());
  }

  private async stream(
    officer: CallingOfficer,
    form: StreamedForm,
    query: Readonly<Record<string, unknown>>,
    reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { fileName, mediaType, treeSize, total, before, stream } = await this.exports.begin(
      officer,
      form,
      readExportSearch(query),
    );
    asFile(reply, mediaType, fileName);
    reply.header('gatehouse-export-tree-size', treeSize);
    reply.header('gatehouse-export-total', total);
    reply.header('gatehouse-export-before', before);
    return new StreamableFile(stream);
  }
}
