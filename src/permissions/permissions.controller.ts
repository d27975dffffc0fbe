import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import {
  Allow,
  CurrentCaller,
  CurrentOfficer,
  CurrentSystemOrOfficer,
  type Caller,
  type CallingOfficer,
} from '../access/index.js';
import { IdempotencyKey, Problems, readBody } from '../api-contract/index.js';
import { CLOCK, type Clock } from '../config/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import type { FhirConsent } from './fhir-consent.js';
import type { Permission } from './permission.js';
import { PermissionAnswer, PermissionsFound } from './permission-answer.js';
import { PermissionBody, PermissionSearchBody } from './permission-body.js';
import { PERMISSION_EXAMPLES } from './permission-examples.js';
import { PermissionReceipts } from './permission-receipts.service.js';
import { PermissionsService } from './permissions.service.js';
import { knownId } from './known-id.js';
import { FHIR_CONSENT_EXAMPLE, PermissionReceiptAnswer } from './receipt-answer.js';

/** Officers who answer to persons. */
const OFFICERS = ['officer', 'reviewer'] as const;

/** Permissions, recorded by the system of the agency that asked the person; its officers look them up and withdraw them. */
@ApiTags('Permissions')
@Controller('v1/permissions')
@Allow('system')
export class PermissionsController {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly receipts: PermissionReceipts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'recordPermission',
    summary: 'Record that a person gave permission, or refused it',
    description:
      'Stores what the person said against keyed handles of theirs; no identifier is kept. It takes the place of what they said before about the same. Repeat the call with the same Idempotency-Key if its answer was lost.',
  })
  @ApiBody({ type: PermissionBody, examples: PERMISSION_EXAMPLES })
  @ApiCreatedResponse({ type: PermissionAnswer, description: 'The permission as it stands.' })
  @Problems('IDENTIFIER_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
  async record(
    @CurrentCaller() caller: Caller,
    @Body() body: Buffer,
    @IdempotencyKey() idempotencyKey: string | undefined,
  ): Promise<PermissionAnswer> {
    return this.answer(await this.permissions.record(caller, readBody(PermissionBody, body), idempotencyKey));
  }

  @Post('search-by-subject')
  @HttpCode(200)
  @Allow({ officer: OFFICERS })
  @ApiOperation({
    operationId: 'searchPermissionsBySubject',
    summary: 'Find what a person permitted and refused',
    description:
      'What your agency recorded under any of these identifiers, withdrawn and superseded too. What another agency recorded is not among it. Each search is recorded in the disclosure log, by keyed handles.',
  })
  @ApiBody({ type: PermissionSearchBody })
  @ApiOkResponse({ type: PermissionsFound, description: 'The permissions, the newest first.' })
  @Problems('IDENTIFIER_INVALID', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
  async search(@CurrentOfficer() officer: CallingOfficer, @Body() bytes: Buffer): Promise<PermissionsFound> {
    const { subject } = readBody(PermissionSearchBody, bytes);
    const found = await this.permissions.searchBySubject(officer, readSubject(subject));
    return { permissions: found.map((one) => this.answer(one)) };
  }

  @Get(':id')
  @Allow({ system: true, officer: OFFICERS })
  @ApiOperation({
    operationId: 'getPermission',
    summary: 'See a permission that your agency recorded',
    description:
      'Another agency’s permission looks like one that does not exist. An officer’s look is recorded in the disclosure log.',
  })
  @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiOkResponse({ type: PermissionAnswer, description: 'The permission as it stands.' })
  @Problems('NOT_FOUND', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
  async get(
    @CurrentSystemOrOfficer() caller: Caller | CallingOfficer,
    @Param('id') id: string,
  ): Promise<PermissionAnswer> {
    return this.answer(await this.permissionFor(caller, id));
  }

  @Get(':id/receipt')
  @Allow({ system: true, officer: OFFICERS })
  @ApiOperation({
    operationId: 'getPermissionReceipt',
    summary: 'Get the receipt of a permission, for the person',
    description:
      'What the person said, in the fields of ISO/IEC TS 27560:2023, and the same signed. It names the person by a handle alone. Another agency’s permission looks like one that does not exist. An officer’s look is recorded in the disclosure log.',
  })
  @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiOkResponse({ type: PermissionReceiptAnswer, description: 'The receipt, as of now.' })
  @Problems('NOT_FOUND', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
  async receipt(
    @CurrentSystemOrOfficer() caller: Caller | CallingOfficer,
    @Param('id') id: string,
  ): Promise<PermissionReceiptAnswer> {
    return await this.receipts.receiptOf(await this.permissionFor(caller, id));
  }

  @Get(':id/fhir-consent')
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  @ApiOperation({
    operationId: 'getPermissionAsFhirConsent',
    summary: 'Get a permission as an HL7 FHIR R4 Consent',
    description:
      'For record systems that speak FHIR. The patient is a logical reference by a handle. Another agency’s permission looks like one that does not exist.',
  })
  @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiProduces('application/fhir+json')
  @ApiOkResponse({
    description: 'A Consent resource.',
    content: {
      'application/fhir+json': {
        schema: { type: 'object', additionalProperties: true, example: FHIR_CONSENT_EXAMPLE },
      },
    },
  })
  @Problems('NOT_FOUND', 'STORE_UNAVAILABLE')
  async fhirConsent(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<FhirConsent> {
    return await this.receipts.fhirConsentOf(await this.permissionFor(caller, id));
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Allow({ system: true, officer: OFFICERS })
  @ApiOperation({
    operationId: 'withdrawPermission',
    summary: 'Withdraw a permission',
    description:
      'Binds before it answers: from then on no exchange relies on the permission, on any replica. Withdrawing again changes nothing. A refusal is not withdrawn: ask again, and record the new answer.',
  })
  @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiOkResponse({ type: PermissionAnswer, description: 'The permission, withdrawn.' })
  @Problems('NOT_FOUND', 'REFUSAL_STANDS', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
  async withdraw(
    @CurrentSystemOrOfficer() caller: Caller | CallingOfficer,
    @Param('id') id: string,
  ): Promise<PermissionAnswer> {
    return this.answer(await this.permissions.withdraw(caller, knownId(id)));
  }

  private async permissionFor(caller: Caller | CallingOfficer, id: string): Promise<Permission> {
    return 'officer' in caller
      ? await this.permissions.read(caller, knownId(id))
      : await this.permissions.find(caller, knownId(id));
  }

  private answer(permission: Permission): PermissionAnswer {
    return PermissionAnswer.of(permission, this.clock.now());
  }
}
