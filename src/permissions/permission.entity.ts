import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PermissionKind } from '../legal-bases/legal-basis.js';
import type { Capacity, GivenBy, Permission } from './permission.js';

@Entity('permissions')
export class PermissionEntity implements Permission {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'recorded_by' })
  recordedBy!: string;

  @Column('text', { name: 'recorded_by_system' })
  recordedBySystem!: string;

  @Column('text')
  kind!: PermissionKind;

  @Column('text')
  purpose!: string;

  @Column('text', { array: true })
  recipients!: string[];

  @Column('text', { array: true })
  items!: string[];

  @Column('text', { name: 'given_by' })
  givenBy!: GivenBy;

  @Column('text')
  capacity!: Capacity;

  @Column('text')
  method!: string;

  @Column('text', { name: 'wording_version' })
  wordingVersion!: string;

  @Column('timestamptz', { name: 'valid_from' })
  validFrom!: Date;

  @Column('timestamptz', { name: 'valid_until' })
  validUntil!: Date;

  @Column('text', { name: 'subject_handles', array: true })
  subjectHandles!: string[];

  @Column('timestamptz', { name: 'recorded_at' })
  recordedAt!: Date;

  @Column('timestamptz', { name: 'withdrawn_at', nullable: true })
  withdrawnAt!: Date | null;
}
