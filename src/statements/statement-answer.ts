import { ApiProperty } from '@nestjs/swagger';
import { CapacityStatementBody, StaffBody, type CapacityStatement, type MemberOfStaff } from '../permissions/index.js';
import { stands } from './statement-state.js';
import { STATEMENT_KINDS, type SharingStatement } from './statement.js';

const STATES = ['stands', 'lifted', 'ended'] as const;

/** A statement as its recorder sees it. The subject is not shown: only handles of it are kept. */
export class StatementAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  id!: string;

  @ApiProperty({ enum: STATEMENT_KINDS, example: 'objection' })
  kind!: string;

  @ApiProperty({ enum: STATES, example: 'stands' })
  state!: (typeof STATES)[number];

  @ApiProperty({ type: String, nullable: true, example: 'adult-social-care', description: 'Null: every purpose.' })
  purpose!: string | null;

  @ApiProperty({ type: [String], nullable: true, example: ['northmoor-council'], description: 'Null: everybody.' })
  recipients!: readonly string[] | null;

  @ApiProperty({
    type: [String],
    nullable: true,
    example: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
    description: 'Null for an address suppression: each item that a data service marks as an address.',
  })
  items!: readonly string[] | null;

  @ApiProperty({ enum: ['share', 'do-not-share'], example: 'do-not-share' })
  says!: string;

  @ApiProperty({ type: String, nullable: true, example: 'particular-situation' })
  reason!: string | null;

  @ApiProperty({ type: StaffBody, nullable: true, example: null })
  decidedBy!: MemberOfStaff | null;

  @ApiProperty({ type: [String], nullable: true, example: null })
  consulted!: readonly string[] | null;

  @ApiProperty({ type: CapacityStatementBody, nullable: true, example: null })
  capacityStatement!: CapacityStatement | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null: until it is lifted.' })
  validUntil!: string | null;

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  recordedAt!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  liftedAt!: string | null;

  /** @param at the instant whose state is told */
  static of(statement: SharingStatement, at: Date): StatementAnswer {
    const { id, kind, purpose, recipients, items, says, reason, decision, validUntil, recordedAt, liftedAt } =
      statement;
    return {
      id,
      kind,
      state: liftedAt ? 'lifted' : stands(statement, at) ? 'stands' : 'ended',
      purpose,
      recipients,
      items,
      says,
      reason,
      decidedBy: decision?.decidedBy ?? null,
      consulted: decision?.consulted ?? null,
      capacityStatement: decision?.capacityStatement ?? null,
      validUntil: validUntil?.toISOString() ?? null,
      recordedAt: recordedAt.toISOString(),
      liftedAt: liftedAt?.toISOString() ?? null,
    };
  }
}
