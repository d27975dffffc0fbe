import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import { Problem, Problems, readBody, TakesPage } from '../api-contract/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { AlertAnswer, AlertInFull, AlertPage, AlertWebhook } from './alert-answer.js';
import { CloseAlertBody } from './alert-body.js';
import { readAlertSearch } from './alert-search.js';
import { AGENCY_ALERT_KINDS, ALERT_STATUSES } from './alert.js';
import { AlertsService } from './alerts.service.js';
import { isIncidentReference, REFERENCE_RULE } from './incident-reference.js';
import { webhookKeyOf } from './webhook-signature.js';

const EXAMPLE_ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';
const INSTANT = { type: 'string', format: 'date-time', example: '2026-11-01T00:00:00Z' } as const;

/** What officers of an agency should look at. */
@ApiTags('Alerts')
@Controller('v1')
@Allow({ officer: ['officer', 'reviewer', 'oversight'] })
export class AlertsController {
  constructor(
    private readonly alerts: AlertsService,
    private readonly registers: RegisterService,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {}

  @Get('alerts')
  @ApiOperation({
    operationId: 'listAlerts',
    summary: 'List the alerts of your agency',
    description: 'What the gateway found that somebody should look at, the newest first.',
  })
  @ApiQuery({
    name: 'status',
    required: false,
    schema: { type: 'string', enum: [...ALERT_STATUSES], example: 'new' },
    description: 'Only those in this status.',
  })
  @ApiQuery({
    name: 'kind',
    required: false,
    schema: { type: 'string', enum: [...AGENCY_ALERT_KINDS], example: 'sampled' },
    description: 'Only those of this kind.',
  })
  @ApiQuery({ name: 'from', required: false, schema: INSTANT, description: 'Only those raised then or later.' })
  @ApiQuery({ name: 'until', required: false, schema: INSTANT, description: 'Only those raised before.' })
  @TakesPage('alerts', { type: 'string', format: 'uuid', example: EXAMPLE_ID })
  @ApiOkResponse({ type: AlertPage, description: 'A page of alerts, and how many there are in all.' })
  async list(@CurrentOfficer() officer: CallingOfficer, @Query() query: Record<string, unknown>): Promise<AlertPage> {
    const search = readAlertSearch(query);
    const found = await this.alerts.list(officer, { ...search, limit: search.limit + 1 });
    const alerts = found.slice(0, search.limit).map((alert) => AlertAnswer.of(alert));
    return {
      alerts,
      count: await this.alerts.count(officer, search),
      nextCursor: found.length > search.limit ? (alerts.at(-1)?.id ?? null) : null,
    };
  }

  @Get('alerts/:id')
  @ApiOperation({
    operationId: 'getAlert',
    summary: 'See an alert with what is needed to judge it',
    description:
      'The exchanges that it is about, and what was done lately about the same person and by the same member of staff. One of another agency looks like one that does not exist. Each look is recorded in the disclosure log.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: AlertInFull, description: 'The alert as it stands.' })
  @Problems('NOT_FOUND', 'LOG_UNAVAILABLE')
  async get(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<AlertInFull> {
    return AlertInFull.ofJudged(await this.alerts.find(officer, known(id)));
  }

  @Post('alerts/:id/investigate')
  @HttpCode(200)
  @Allow({ officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'investigateAlert',
    summary: 'Say that you look into a new alert',
    description: 'Your colleagues see who does. Whom an alert is about cannot. Recorded in the disclosure log.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiOkResponse({ type: AlertAnswer, description: 'The alert as it stands now.' })
  @Problems('NOT_FOUND', 'ALERT_ABOUT_CALLER', 'ALERT_NOT_IN_STATUS', 'LOG_UNAVAILABLE')
  async investigate(@CurrentOfficer() officer: CallingOfficer, @Param('id') id: string): Promise<AlertAnswer> {
    return AlertAnswer.of(await this.alerts.investigate(officer, known(id)));
  }

  @Post('alerts/:id/close')
  @HttpCode(200)
  @Allow({ officer: ['officer', 'reviewer'] })
  @ApiOperation({
    operationId: 'closeAlert',
    summary: 'Close an alert with what was found',
    description:
      'Nothing opens it again. Write no notes here: they belong in your agency’s own system, whose reference you may give. Whom an alert is about cannot close it. Recorded in the disclosure log, without the reference.',
  })
  @ApiParam({ name: 'id', example: EXAMPLE_ID })
  @ApiBody({ type: CloseAlertBody })
  @ApiOkResponse({ type: AlertAnswer, description: 'The alert as it stands now.' })
  @Problems('NOT_FOUND', 'ALERT_ABOUT_CALLER', 'ALERT_NOT_IN_STATUS', 'LOG_UNAVAILABLE')
  async close(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Body() bytes: Buffer,
  ): Promise<AlertAnswer> {
    const body = readBody(CloseAlertBody, bytes);
    if (body.reference !== undefined && !isIncidentReference(body.reference)) {
      throw new Problem('REQUEST_INVALID', { pointers: ['/reference'], detail: `A reference is ${REFERENCE_RULE}.` });
    }
    return AlertAnswer.of(await this.alerts.close(officer, known(id), body));
  }

  @Get('alert-webhook')
  @ApiOperation({
    operationId: 'getAlertWebhook',
    summary: 'How your agency is sent its alerts, and the key to check them with',
    description:
      'By Standard Webhooks, signed with Ed25519 (`v1a`). The address and the kinds stand in your agency’s definition.',
  })
  @ApiOkResponse({ type: AlertWebhook, description: 'The public key, and what is sent where.' })
  webhook(@CurrentOfficer() { agency }: CallingOfficer): AlertWebhook {
    const alerts = this.registers.current().agency(agency)?.alerts;
    const all = AGENCY_ALERT_KINDS.filter((kind) => kind !== 'sampled');
    return {
      publicKey: webhookKeyOf(agency, this.keys.receipt.privateKey).publicKey,
      url: alerts?.url ?? null,
      kinds: alerts ? (alerts.kinds ?? all) : [],
    };
  }
}

function known(id: string): string {
  if (!isUUID(id)) throw new Problem('NOT_FOUND');
  return id;
}
