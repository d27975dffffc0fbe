import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentOfficer, type CallingOfficer } from '../access/index.js';
import {
  cutPage,
  parseStrictJson,
  Problem,
  type ProblemCode,
  Problems,
  readBody,
  readPage,
  TakesPage,
} from '../api-contract/index.js';
import { AgreementAnswer, AgreementPage, AgreementSummary } from './agreement-answer.js';
import { DRAFT_EXAMPLE, ReasonBody, SignBody } from './agreement-bodies.js';
import { AgreementLifecycle } from './agreement-lifecycle.service.js';
import type { Action } from './next-step.js';
import { readDraft } from './read-draft.js';

const VERSION = ':id/versions/:version';

/** Id and version of the last one on a page. */
const CURSOR = /^[a-z][a-z0-9-]{1,63}\.[1-9]\d{0,8}$/;
const cursorOf = ({ id, version }: AgreementSummary): string => `${id}.${version}`;

/** In the order of {@link AgreementLifecycle.list}. */
function comesAfter(cursor: string | undefined): (one: AgreementSummary) => boolean {
  const [id = '', version = '0'] = cursor?.split('.') ?? [];
  return (one) => (one.id === id ? one.version > Number(version) : one.id > id);
}

/** A route that takes a step in the life of a version. */
const TakesStep = (step: string, operation: { summary: string; description: string }, ...problems: ProblemCode[]) =>
  applyDecorators(
    Post(`${VERSION}/${step}`),
    HttpCode(200),
    ApiOperation({ operationId: `${step}Agreement`, ...operation }),
    ApiVersion(),
    ApiOkResponse({ type: AgreementAnswer, description: 'The agreement as it stands then.' }),
    Problems('NOT_FOUND', 'AGREEMENT_NOT_IN_STATE', 'LOG_UNAVAILABLE', ...problems),
  );

const ApiVersion = () =>
  applyDecorators(
    ApiParam({ name: 'id', example: 'fire-premises-risk' }),
    ApiParam({ name: 'version', schema: { type: 'integer', minimum: 1, example: 2 } }),
  );

/** Agreements as officers of their parties draft, sign and stop them. */
@ApiTags('Agreements')
@Controller('v1/agreements')
@Allow({ officer: ['officer', 'reviewer'] })
export class AgreementsController {
  constructor(private readonly lifecycle: AgreementLifecycle) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'draftAgreement',
    summary: 'Draft an agreement, or the next version of one',
    description:
      'Your agency must be a party. Until it is proposed, your agency alone sees the draft and may send another text of it. The answer says what a careful officer would find.',
  })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true, description: 'By schemas/agreement.schema.json.' },
    examples: { draft: { summary: 'The next version of an agreement', value: DRAFT_EXAMPLE } },
  })
  @ApiOkResponse({ type: AgreementAnswer, description: 'The draft as it stands.' })
  @Problems('AGREEMENT_NOT_NEXT', 'AGREEMENT_NOT_IN_STATE', 'LOG_UNAVAILABLE')
  async draft(@CurrentOfficer() officer: CallingOfficer, @Body() body: Buffer): Promise<AgreementAnswer> {
    return AgreementAnswer.of(await this.lifecycle.draft(officer, readDraft(parseStrictJson(body))));
  }

  @Get()
  @Allow('officer')
  @ApiOperation({
    operationId: 'listAgreements',
    summary: 'List the agreements of your agency',
    description: 'Every version to which your agency is a party, and its drafts, with the state that each is in.',
  })
  @TakesPage('versions', { type: 'string', maxLength: 80, example: 'fire-premises-risk.2' })
  @ApiOkResponse({ type: AgreementPage, description: 'A page of versions, in the order of ids and versions.' })
  async list(
    @CurrentOfficer() officer: CallingOfficer,
    @Query() query: Record<string, unknown>,
  ): Promise<AgreementPage> {
    const { limit, after } = readPage(query, (cursor) => CURSOR.test(cursor));
    const found = (await this.lifecycle.list(officer)).map((seen) => AgreementSummary.of(seen));
    const { items, nextCursor } = cutPage(found.filter(comesAfter(after)), limit, cursorOf);
    return { agreements: items, nextCursor };
  }

  @Get(VERSION)
  @Allow('officer')
  @ApiOperation({
    operationId: 'getAgreement',
    summary: 'Read a version of an agreement of your agency',
    description:
      'The document, its hash, its state, who took which step and when, the signatures, and what a careful officer would find. An agreement of others looks like one that does not exist.',
  })
  @ApiVersion()
  @ApiOkResponse({ type: AgreementAnswer, description: 'The agreement as it stands.' })
  @Problems('NOT_FOUND')
  async get(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<AgreementAnswer> {
    return AgreementAnswer.of(await this.lifecycle.find(officer, ...known(id, version)));
  }

  @TakesStep(
    'propose',
    {
      summary: 'Propose a draft to the other parties',
      description:
        'From then on every party sees it, and nothing is changed in it any more. A draft with errors stays.',
    },
    'AGREEMENT_UNSOUND',
  )
  async propose(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<AgreementAnswer> {
    return await this.act(officer, id, version, { kind: 'propose' });
  }

  @TakesStep(
    'sign',
    {
      summary: 'Sign an agreement for your agency',
      description:
        'Takes two officers of the agency: the first asks for the signature, the second confirms it. With the signature of the last party the agreement comes into force. Signs with the key that the gateway keeps for your agency, unless you upload a signature.',
    },
    'AGREEMENT_HASH_DIFFERS',
    'SECOND_OFFICER_NEEDED',
    'SIGNATURE_INVALID',
    'SIGNING_KEY_NOT_HELD',
    'AGREEMENT_UNSOUND',
  )
  @ApiBody({ type: SignBody })
  async sign(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body() body: Buffer,
  ): Promise<AgreementAnswer> {
    const { hash, jws } = readBody(SignBody, body);
    return await this.act(officer, id, version, { kind: 'sign', hash, ...(jws !== undefined && { jws }) });
  }

  @TakesStep('suspend', {
    summary: 'Suspend an agreement',
    description:
      'Any party may, alone and at once: before this answers, nothing is disclosed under it any more, exchanges under way included.',
  })
  @ApiBody({ type: ReasonBody })
  async suspend(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body() body: Buffer,
  ): Promise<AgreementAnswer> {
    return await this.act(officer, id, version, { kind: 'suspend', reason: readBody(ReasonBody, body).reason });
  }

  @TakesStep('resume', {
    summary: 'Agree to resume a suspended agreement',
    description: 'It is in force again once every party has agreed. A party that suspends it again takes that back.',
  })
  async resume(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<AgreementAnswer> {
    return await this.act(officer, id, version, { kind: 'resume' });
  }

  @TakesStep('revoke', {
    summary: 'Revoke an agreement, a proposal or a draft, for good',
    description: 'Any party may, alone; it binds before this answers. What is revoked is never in force again.',
  })
  @ApiBody({ type: ReasonBody })
  async revoke(
    @CurrentOfficer() officer: CallingOfficer,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body() body: Buffer,
  ): Promise<AgreementAnswer> {
    return await this.act(officer, id, version, { kind: 'revoke', reason: readBody(ReasonBody, body).reason });
  }

  private async act(officer: CallingOfficer, id: string, version: string, action: Action): Promise<AgreementAnswer> {
    return AgreementAnswer.of(await this.lifecycle.act(officer, ...known(id, version), action));
  }
}

function known(id: string, version: string): [string, number] {
  if (!/^[a-z0-9-]{1,64}$/.test(id) || !/^[1-9]\d{0,6}$/.test(version)) throw new Problem('NOT_FOUND');
  return [id, Number(version)];
}
