import { ApiProperty } from '@nestjs/swagger';

/** A reason code and the sentence that goes with it. */
export class ExplainedReason {
  @ApiProperty({ example: 'DENY_CONSENT_REQUIRED' })
  code!: string;

  @ApiProperty({
    example: 'The permission that this disclosure relies on has not been given, or no longer stands.',
  })
  sentence!: string;
}

/** An agency, a purpose or the like, by its id and its name. */
export class Named {
  @ApiProperty({ example: 'northmoor-council' })
  id!: string;

  @ApiProperty({ example: 'Northmoor Metropolitan Borough Council (fictional)' })
  name!: string;
}

/** Who asked. */
export class ExplainedRequester extends Named {
  @ApiProperty({ example: 'northmoor-council-adult-care' })
  system!: string;

  @ApiProperty({ type: String, nullable: true, example: 'social-worker' })
  role!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'sw-4711',
    description: 'The requester’s own id for the member of staff. Null for everybody but the requester’s own officers.',
  })
  staffId!: string | null;
}

export class ExplainedOverride {
  @ApiProperty({ example: 'asking-would-prejudice-protection' })
  reason!: string;

  @ApiProperty({ example: 'team-manager', description: 'Role of whoever authorised it.' })
  role!: string;

  @ApiProperty({ type: String, nullable: true, example: 'tm-0007', description: 'As that of the requester.' })
  staffId!: string | null;
}

export class ExplainedAgreement {
  @ApiProperty({ example: 'adult-care-assessed-needs' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ example: '4f1d0b6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687' })
  hash!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Assessed needs of adults for social care in Northmoor',
    description: 'Null where the agreement of that version is not kept as it was.',
  })
  title!: string | null;
}

export class ConflictingAgreement {
  @ApiProperty({ example: 'adult-care-assessed-needs' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;
}

export class ExplainedLegalBasis {
  @ApiProperty({ example: 'care-2014-s6' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Care Act 2014' })
  instrument!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 's.6' })
  provision!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Co-operating generally' })
  title!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'A council and its relevant partners must co-operate in care and support functions.',
  })
  plainEnglish!: string | null;
}

export class ExplainedItem {
  @ApiProperty({ example: 'assessed-needs' })
  id!: string;

  @ApiProperty({ example: 'Needs for care and support as last assessed' })
  name!: string;

  @ApiProperty({ enum: ['permit', 'deny'], example: 'deny' })
  outcome!: string;

  @ApiProperty({ type: () => [ExplainedReason] })
  reasons!: ExplainedReason[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'trust-to-council',
    description: 'The leg of the agreement that covers the item: its clause.',
  })
  leg!: string | null;

  @ApiProperty({ type: () => [ExplainedLegalBasis], description: 'The stack that a permit rests on.' })
  legalBasis!: ExplainedLegalBasis[];

  @ApiProperty({ type: [String], example: ['permission-missing'], description: 'The policies that determined it.' })
  policies!: readonly string[];
}

export class ExplainedPermission {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'confidentiality' })
  kind!: string | null;
}

export class WithheldItem {
  @ApiProperty({ example: 'assessed-needs' })
  dataItem!: string;

  @ApiProperty({ example: 'DENY_CONSENT_REQUIRED' })
  reason!: string;
}

/** What became of a permit. */
export class ExplainedOutcome {
  @ApiProperty({
    enum: ['disclosed', 'supplier-failed', 'permit-lapsed', 'unconfirmed', 'not-released'],
    example: 'disclosed',
    description: '`disclosed`: released to the requester. Everything else: nothing was.',
  })
  result!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.412Z' })
  at!: string;

  @ApiProperty({ type: [String], example: ['care-coordinator'] })
  released!: readonly string[];

  @ApiProperty({ type: () => [WithheldItem] })
  withheld!: readonly WithheldItem[];

  @ApiProperty({ example: false, description: 'The requester was told that the supplier does not know the person.' })
  noTrace!: boolean;

  @ApiProperty({ type: String, nullable: true, example: null })
  cause!: string | null;
}

/** The same facts under the same policies, decided anew. */
export class MadeAgain {
  @ApiProperty({ example: true })
  same!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'What is otherwise, or why it could not be.',
  })
  difference!: string | null;
}

export class ExplainedEntry {
  @ApiProperty({ example: 41 })
  index!: number;

  @ApiProperty({ example: 'decision' })
  kind!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.398Z' })
  recordedAt!: string;
}

/** Why an exchange was decided as it was. INVARIANT: 1. Holds nothing of a person: no identifier, no handle, no value. */
export class Explanation {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  exchangeId!: string;

  @ApiProperty({
    example:
      'On 22 November 2026 at 09:30 (Greenwich Mean Time), Northmoor Metropolitan Borough Council (fictional) asked Northmoor Community and Mental Health NHS Trust (fictional) for “Needs for care and support as last assessed”. …',
    description: 'Plain English that can be read to the person whom it was about. Times are local in the UK.',
  })
  paragraph!: string;

  @ApiProperty({ enum: ['permit', 'permit-partial', 'deny'], example: 'permit-partial' })
  outcome!: string;

  @ApiProperty({ type: () => [ExplainedReason] })
  reasons!: ExplainedReason[];

  @ApiProperty({ example: '2026-11-22T09:30:00.391Z' })
  decidedAt!: string;

  @ApiProperty({ example: 'query' })
  pattern!: string;

  @ApiProperty({ type: () => ExplainedRequester })
  requester!: ExplainedRequester;

  @ApiProperty({ type: () => Named, nullable: true, example: { id: 'northmoor-nhs-trust', name: 'Northmoor Trust' } })
  supplier!: Named | null;

  @ApiProperty({ type: String, nullable: true, example: 'northmoor-nhs-trust/assessed-needs' })
  dataService!: string | null;

  @ApiProperty({
    type: () => Named,
    nullable: true,
    example: { id: 'adult-social-care', name: 'Assessing and meeting an adult’s needs for care and support' },
  })
  purpose!: Named | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  justification!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'Why data held for law enforcement were consulted (Data Protection Act 2018 s.62); null where none were, or nothing was permitted.',
  })
  lawEnforcementJustification!: string | null;

  @ApiProperty({ type: () => ExplainedOverride, nullable: true, example: null })
  override!: ExplainedOverride | null;

  @ApiProperty({
    type: () => ExplainedAgreement,
    nullable: true,
    example: { id: 'adult-care-assessed-needs', version: 1, hash: '4f1d0b6e', title: 'Assessed needs of adults' },
  })
  agreement!: ExplainedAgreement | null;

  @ApiProperty({
    type: () => [ConflictingAgreement],
    example: [],
    description: 'Agreements between the two that would have decided otherwise than each other, so that nothing went.',
  })
  conflictingAgreements!: ConflictingAgreement[];

  @ApiProperty({ type: () => [ExplainedItem] })
  items!: ExplainedItem[];

  @ApiProperty({ type: () => [ExplainedPermission], description: 'The permissions that it relied on.' })
  permissions!: ExplainedPermission[];

  @ApiProperty({
    type: () => ExplainedOutcome,
    nullable: true,
    example: null,
    description: 'Null where nothing came of it: it was refused, or the gateway was stopped in between.',
  })
  becameOf!: ExplainedOutcome | null;

  @ApiProperty({ type: () => MadeAgain })
  madeAgain!: MadeAgain;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { on: '2026-11-22', pattern: 'query', purpose: 'adult-social-care', caseReferenceGiven: true },
    description:
      'What the decision depended on, as archived. The requester’s officers are told that a permission was `not-given`, and not what the person said to another agency.',
  })
  facts!: object | null;

  @ApiProperty({ example: '7d1f0c6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687' })
  policyVersion!: string;

  @ApiProperty({ type: () => [ExplainedEntry], description: 'Its entries in the disclosure log.' })
  entries!: ExplainedEntry[];
}
