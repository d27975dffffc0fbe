import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PermissionKind } from '../legal-bases/legal-basis.js';
import type { CapacityStatement } from './capacity-statement.js';
import type { Capacity, GivenBy, MemberOfStaff, Permission, PermissionWord } from './permission.js';

@Entity('permissions')
export class PermissionEntity implements Permission {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'recorded_by' })
  recordedBy!: string;

  @Column('text', { name: 'recorded_by_system' })
  recordedBySystem!: string;

  @Column('text')
  answer!: PermissionWord;

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

  @Column('text')
  language!: string;

  @Column('jsonb', { name: 'asked_by', nullable: true })
  askedBy!: MemberOfStaff | null;

  @Column('jsonb', { name: 'capacity_statement', nullable: true })
  capacityStatement!: CapacityStatement | null;

  @Column('timestamptz', { name: 'valid_from' })
  validFrom!: Date;

  @Column('timestamptz', { name: 'valid_until', nullable: true })
  validUntil!: Date | null;

  @Column('text', { name: 'subject_handles', array: true })
  subjectHandles!: string[];

  @Column('timestamptz', { name: 'recorded_at' })
  recordedAt!: Date;

  @Column('timestamptz', { name: 'withdrawn_at', nullable: true })
  withdrawnAt!: Date | null;

  @Column('uuid', { name: 'superseded_by', nullable: true })
  supersededBy!: string | null;

  @Column('int')
  revision!: number;
}
