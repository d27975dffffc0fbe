import { ApiProperty } from '@nestjs/swagger';
import {
  ANSWERS,
  CAPACITIES,
  GIVERS,
  METHODS,
  PERMISSION_KINDS,
  type MemberOfStaff,
  type Permission,
} from './permission.js';
import type { CapacityStatement } from './capacity-statement.js';
import { CapacityStatementBody, StaffBody } from './permission-body.js';

const STATES = ['given', 'refused', 'withdrawn', 'superseded', 'expired'] as const;

/** A permission as its recorder sees it. The subject is not shown: only handles of it are kept. */
export class PermissionAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  id!: string;

  @ApiProperty({ enum: ANSWERS, example: 'given', description: 'What the person said.' })
  answer!: string;

  @ApiProperty({
    enum: STATES,
    example: 'given',
    description: '`superseded`: the person was asked again about all of it, and that answer counts.',
  })
  state!: (typeof STATES)[number];

  @ApiProperty({ enum: PERMISSION_KINDS, example: 'confidentiality' })
  kind!: string;

  @ApiProperty({ example: 'adult-social-care' })
  purpose!: string;

  @ApiProperty({ type: [String], example: ['northmoor-council'] })
  recipients!: readonly string[];

  @ApiProperty({ type: [String], example: ['northmoor-nhs-trust/assessed-needs#assessed-needs'] })
  items!: readonly string[];

  @ApiProperty({ enum: GIVERS, example: 'self' })
  givenBy!: string;

  @ApiProperty({ enum: CAPACITIES, example: 'own' })
  capacity!: string;

  @ApiProperty({ enum: METHODS, example: 'in-person' })
  method!: string;

  @ApiProperty({ example: 'shared-assessment-v3' })
  wordingVersion!: string;

  @ApiProperty({ example: 'en' })
  language!: string;

  @ApiProperty({ type: StaffBody, nullable: true, example: { staffId: 'tr-0815', role: 'care-coordinator' } })
  askedBy!: MemberOfStaff | null;

  @ApiProperty({ type: CapacityStatementBody, nullable: true, example: null })
  capacityStatement!: CapacityStatement | null;

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  validFrom!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '2027-11-22T09:00:00.000Z',
    description: 'Null for a refusal.',
  })
  validUntil!: string | null;

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  recordedAt!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  withdrawnAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'The record that took its place.' })
  supersededBy!: string | null;

  /** @param at the instant whose state is told */
  static of(permission: Permission, at: Date): PermissionAnswer {
    const { id, answer, kind, purpose, recipients, items, givenBy, capacity, method } = permission;
    const { wordingVersion, language, askedBy, capacityStatement, withdrawnAt, supersededBy } = permission;
    return {
      id,
      answer,
      state: stateOf(permission, at),
      kind,
      purpose,
      recipients,
      items,
      givenBy,
      capacity,
      method,
      wordingVersion,
      language,
      askedBy,
      capacityStatement,
      validFrom: permission.validFrom.toISOString(),
      validUntil: permission.validUntil?.toISOString() ?? null,
      recordedAt: permission.recordedAt.toISOString(),
      withdrawnAt: withdrawnAt?.toISOString() ?? null,
      supersededBy,
    };
  }
}

/** Answer of `POST /v1/permissions/search-by-subject`. */
export class PermissionsFound {
  @ApiProperty({ type: () => [PermissionAnswer], description: 'The newest first.' })
  permissions!: PermissionAnswer[];
}

/** What became of a permission by an instant. */
export function stateOf(
  { answer, withdrawnAt, supersededBy, validUntil }: Permission,
  at: Date,
): PermissionAnswer['state'] {
  if (withdrawnAt) return 'withdrawn';
  if (supersededBy !== null) return 'superseded';
  if (answer === 'refused') return 'refused';
  return validUntil !== null && at >= validUntil ? 'expired' : 'given';
}
