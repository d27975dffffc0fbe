import { ApiProperty } from '@nestjs/swagger';
import { CAPACITIES, GIVERS, METHODS, PERMISSION_KINDS, type Permission } from './permission.js';

/** A permission as its recorder sees it. The subject is not shown: only handles of it are kept. */
export class PermissionAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  id!: string;

  @ApiProperty({ enum: ['given', 'withdrawn'], example: 'given' })
  state!: 'given' | 'withdrawn';

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

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  validFrom!: string;

  @ApiProperty({ example: '2027-11-22T09:00:00.000Z' })
  validUntil!: string;

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  recordedAt!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  withdrawnAt!: string | null;

  static of(permission: Permission): PermissionAnswer {
    const { id, kind, purpose, recipients, items, givenBy, capacity, method, wordingVersion, withdrawnAt } = permission;
    return {
      id,
      state: withdrawnAt ? 'withdrawn' : 'given',
      kind,
      purpose,
      recipients,
      items,
      givenBy,
      capacity,
      method,
      wordingVersion,
      validFrom: permission.validFrom.toISOString(),
      validUntil: permission.validUntil.toISOString(),
      recordedAt: permission.recordedAt.toISOString(),
      withdrawnAt: withdrawnAt?.toISOString() ?? null,
    };
  }
}
