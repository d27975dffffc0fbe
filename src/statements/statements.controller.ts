import { Body, Controller, Get, HttpCode, Inject, Param, Post, type Type } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, type Caller } from '../access/index.js';
import { IdempotencyKey, Problems, readBody } from '../api-contract/index.js';
import { CLOCK, type Clock } from '../config/index.js';
import { knownId } from '../permissions/index.js';
import type { SubjectBody } from '../subject-handles/subject-body.js';
import { StatementAnswer } from './statement-answer.js';
import {
  AddressSuppressionBody,
  BestInterestsDecisionBody,
  HoldBackBody,
  ObjectionBody,
  type SharingBody,
} from './statement-bodies.js';
import type { StatementContent } from './statement.js';
import { StatementsService } from './statements.service.js';

/** Whom an example is about. The person is the sandbox's. */
const SUBJECT_EXAMPLE = { identifiers: [{ type: 'nhs-number', value: '999 000 0034' }] };

/** One kind of statement as the API has it. */
interface StatementRoutes<Sent extends { readonly subject: SubjectBody }> {
  readonly kind: StatementContent['kind'];
  /** Last part of the path, e.g. `objections`. */
  readonly path: string;
  /** As operation ids name it, e.g. `Objection`. */
  readonly name: string;
  /** As a sentence names one, e.g. `an objection`. */
  readonly one: string;
  readonly description: string;
  readonly body: Type<Sent>;
  readonly example: object;
  contentOf(body: Sent): Omit<StatementContent, 'kind'>;
}

/** Record, see and lift: the same three routes for each kind of statement. */
function statementsController<Sent extends { readonly subject: SubjectBody }>(of: StatementRoutes<Sent>): Type {
  @ApiTags('Statements about sharing')
  @Controller(`v1/${of.path}`)
  @Allow('system')
  class StatementsController {
    constructor(
      @Inject(StatementsService) private readonly statements: StatementsService,
      @Inject(CLOCK) private readonly clock: Clock,
    ) {}

    @Post()
    @ApiOperation({ operationId: `record${of.name}`, summary: `Record ${of.one}`, description: of.description })
    @ApiBody({ type: of.body, examples: { [of.kind]: { value: { subject: SUBJECT_EXAMPLE, ...of.example } } } })
    @ApiCreatedResponse({ type: StatementAnswer, description: 'The statement as it stands.' })
    @Problems('IDENTIFIER_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
    async record(
      @CurrentCaller() caller: Caller,
      @Body() bytes: Buffer,
      @IdempotencyKey() idempotencyKey: string | undefined,
    ): Promise<StatementAnswer> {
      const body = readBody(of.body, bytes);
      const content = { kind: of.kind, ...of.contentOf(body) };
      return this.answer(await this.statements.record(caller, body.subject, content, idempotencyKey));
    }

    @Get(':id')
    @ApiOperation({
      operationId: `get${of.name}`,
      summary: `See ${of.one} that your agency recorded`,
      description: 'What another agency recorded looks like what does not exist.',
    })
    @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
    @ApiOkResponse({ type: StatementAnswer, description: 'The statement as it stands.' })
    @Problems('NOT_FOUND', 'STORE_UNAVAILABLE')
    async get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<StatementAnswer> {
      return this.answer(await this.statements.find(caller, of.kind, knownId(id)));
    }

    @Post(':id/lift')
    @HttpCode(200)
    @ApiOperation({
      operationId: `lift${of.name}`,
      summary: `Lift ${of.one}`,
      description: 'Binds before it answers, on every replica. Lifting again changes nothing.',
    })
    @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
    @ApiOkResponse({ type: StatementAnswer, description: 'The statement, lifted.' })
    @Problems('NOT_FOUND', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
    async lift(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<StatementAnswer> {
      return this.answer(await this.statements.lift(caller, of.kind, knownId(id)));
    }

    private answer(statement: Parameters<typeof StatementAnswer.of>[0]): StatementAnswer {
      return StatementAnswer.of(statement, this.clock.now());
    }
  }
  // The framework tells controllers apart by their names.
  Object.defineProperty(StatementsController, 'name', { value: `${of.name}Controller` });
  return StatementsController;
}

const BINDS =
  'Stored against keyed handles of the person; no identifier is kept. It counts in exchanges in which your agency asks or is asked, and binds before this call answers, on every replica.';

const SHARING_EXAMPLE = {
  purpose: 'adult-social-care',
  recipients: ['northmoor-council'],
  items: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
};

const about = ({ purpose, recipients, items }: SharingBody) => ({ purpose, recipients, items });
const NOT_TO_SHARE = { says: 'do-not-share', decision: null, reason: null, validUntil: null } as const;

/** The controllers of every kind of statement. */
export const STATEMENT_CONTROLLERS = [
  statementsController({
    kind: 'objection',
    path: 'objections',
    name: 'Objection',
    one: 'an objection',
    description: `A person objects to sharing (UK GDPR Art. 21, or the duty of confidence). ${BINDS}`,
    body: ObjectionBody,
    example: { ...SHARING_EXAMPLE, reason: 'particular-situation' },
    contentOf: (body) => ({ ...NOT_TO_SHARE, ...about(body), reason: body.reason }),
  }),
  statementsController({
    kind: 'best-interests-decision',
    path: 'best-interests-decisions',
    name: 'BestInterestsDecision',
    one: 'a best-interests decision',
    description: `To share, or not to share, in the best interests of a person who lacks capacity for this decision (Mental Capacity Act 2005 s.4). A decision to share meets the need for a permission under the duty of confidence and no other, and counts only if your agency holds the items. ${BINDS}`,
    body: BestInterestsDecisionBody,
    example: {
      ...SHARING_EXAMPLE,
      decision: 'share',
      decidedBy: { staffId: 'tr-0042', role: 'consultant' },
      consulted: ['family-carer'],
      capacityStatement: {
        finding: 'lacks-capacity',
        assessedBy: { staffId: 'tr-0042', role: 'consultant' },
        assessedOn: '2026-11-20',
      },
      validUntil: '2027-05-22T09:00:00Z',
    },
    contentOf: (body) => {
      const { decidedBy, consulted, capacityStatement, validUntil } = body;
      return {
        ...about(body),
        says: body.decision,
        reason: null,
        decision: { decidedBy, consulted, capacityStatement },
        validUntil: new Date(validUntil),
      };
    },
  }),
  statementsController({
    kind: 'hold-back',
    path: 'hold-backs',
    name: 'HoldBack',
    one: 'a professional’s decision to hold back',
    description: `A professional decides that something is not to be shared, for one of a closed list of reasons. ${BINDS}`,
    body: HoldBackBody,
    example: { ...SHARING_EXAMPLE, reason: 'serious-harm', decidedBy: { staffId: 'tr-0042', role: 'consultant' } },
    contentOf: (body) => ({
      ...NOT_TO_SHARE,
      ...about(body),
      reason: body.reason,
      decision: { decidedBy: body.decidedBy },
    }),
  }),
  statementsController({
    kind: 'address-suppression',
    path: 'address-suppressions',
    name: 'AddressSuppression',
    one: 'that a person’s address is suppressed',
    description: `For somebody’s safety the person’s address is not released, whatever the record of who holds it says; the flag that says so is. ${BINDS}`,
    body: AddressSuppressionBody,
    example: {},
    contentOf: () => ({ ...NOT_TO_SHARE, purpose: null, recipients: null, items: null }),
  }),
];
