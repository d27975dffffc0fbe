import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import { Type } from 'class-transformer';
import { IsISO8601, IsOptional, ValidateNested } from 'class-validator';
import { SubjectBody } from '../subject-handles/subject-body.js';

/** Body of `POST /v1/subject-access-reports`. */
export class SubjectAccessBody {
  @ApiProperty({ type: () => SubjectBody, description: 'Identifiers of one person; of a place or organisation, none.' })
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;

  @ApiProperty({ required: false, example: '2025-11-22', description: 'Only what was decided then or later.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiProperty({ required: false, example: '2026-11-22', description: 'Only what was decided before then.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  to?: string;
}

/** One time that information about the person was asked for. In plain words, for the person. */
export class ReportedDisclosure {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  reference!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.000Z' })
  at!: string;

  @ApiProperty({ example: '22 November 2026 at 09:30 (Greenwich Mean Time)' })
  when!: string;

  @ApiProperty({ example: 'Northmoor Metropolitan Borough Council (fictional)' })
  askedBy!: string;

  @ApiProperty({ type: String, nullable: true, example: 'social worker', description: 'Role of the member of staff.' })
  role!: string | null;

  @ApiProperty({ example: 'Northmoor Community and Mental Health NHS Trust (fictional)' })
  askedOf!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Assessing and meeting an adult’s needs for care and support' })
  purpose!: string | null;

  @ApiProperty({ example: 'Some of what was asked for was given.' })
  whatHappened!: string;

  @ApiProperty({ type: [String], example: ['Who coordinates the person’s care'] })
  given!: string[];

  @ApiProperty({ type: [String], example: ['Needs for care and support as last assessed'] })
  notGiven!: string[];

  @ApiProperty({
    type: [String],
    example: ['A council and its relevant partners must co-operate in care and support functions.'],
    description: 'What made it lawful.',
  })
  law!: string[];

  @ApiProperty({ type: String, nullable: true, example: 'Assessed needs of adults for social care in Northmoor' })
  agreement!: string | null;

  @ApiProperty({
    example: false,
    description: 'A member of staff decided that it had to be shared without permission.',
  })
  withoutPermission!: boolean;
}

/** What the person said about sharing, as the agency recorded it. */
export class ReportedPermission {
  @ApiProperty({ example: '22 November 2026 at 09:00 (Greenwich Mean Time)' })
  when!: string;

  @ApiProperty({ example: 'Agreed' })
  said!: string;

  @ApiProperty({ example: 'permission under the duty of confidence' })
  kind!: string;

  @ApiProperty({ example: 'Assessing and meeting an adult’s needs for care and support' })
  purpose!: string;

  @ApiProperty({ type: [String], example: ['Northmoor Metropolitan Borough Council (fictional)'] })
  recipients!: string[];

  @ApiProperty({ type: [String], example: ['Needs for care and support as last assessed'] })
  items!: string[];

  @ApiProperty({ example: 'self', description: 'Who spoke: the person themselves, or somebody for them.' })
  saidBy!: string;

  @ApiProperty({ example: 'Stands until 22 November 2027 at 09:00 (Greenwich Mean Time).' })
  state!: string;
}

/** An objection, a decision or the like about sharing, as the agency recorded it. */
export class ReportedStatement {
  @ApiProperty({ example: '22 November 2026 at 09:00 (Greenwich Mean Time)' })
  when!: string;

  @ApiProperty({ example: 'objection' })
  kind!: string;

  @ApiProperty({ example: 'do not share' })
  says!: string;

  @ApiProperty({ example: 'Assessing and meeting an adult’s needs for care and support' })
  purpose!: string;

  @ApiProperty({ type: [String], example: ['everybody'] })
  recipients!: string[];

  @ApiProperty({ type: [String], example: ['everything'] })
  items!: string[];

  @ApiProperty({ example: 'Stands.' })
  state!: string;
}

class ReportingAgency {
  @ApiProperty({ example: 'northmoor-council' })
  id!: string;

  @ApiProperty({ example: 'Northmoor Metropolitan Borough Council (fictional)' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'data.protection@northmoor.example' })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Civic Centre, Northmoor' })
  address!: string | null;
}

/**
 * What an agency asked for and gave about a person, for the person (UK GDPR Art. 15). INVARIANT: 1. The person is not named:
 * the agency knows whom it is handed to. No member of staff is named either.
 */
export class SubjectAccessReport {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70' })
  id!: string;

  @ApiProperty({ example: 'What was shared about you' })
  title!: string;

  @ApiProperty({ example: '2026-11-22T10:00:00.000Z' })
  madeAt!: string;

  @ApiProperty({ type: () => ReportingAgency })
  agency!: ReportingAgency;

  @ApiProperty({ type: [String], example: ['This report says when information about you was asked for and given.'] })
  about!: readonly string[];

  @ApiProperty({ type: () => [ReportedDisclosure], description: 'The newest first.' })
  disclosures!: ReportedDisclosure[];

  @ApiProperty({ type: () => [ReportedPermission], description: 'The newest first.' })
  permissions!: ReportedPermission[];

  @ApiProperty({ type: () => [ReportedStatement], description: 'The newest first.' })
  statements!: ReportedStatement[];
}

/** A report that was made, as oversight sees it. */
export class MadeReport {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70' })
  id!: string;

  @ApiProperty({ example: '2026-11-22T10:00:00.000Z' })
  madeAt!: string;

  @ApiProperty({ example: 'northmoor-council-ig-1' })
  officer!: string;

  @ApiProperty({ example: 12 })
  disclosures!: number;

  @ApiProperty({
    example: 1,
    description: 'How many records were left out, because the person may not be told of them.',
  })
  withheld!: number;
}

export class MadeReportPage {
  @ApiProperty({ type: () => [MadeReport], description: 'The newest first.' })
  reports!: MadeReport[];

  @ApiProperty({ example: 1, description: 'How many there are on all pages.' })
  count!: number;

  @NextCursor()
  nextCursor!: string | null;
}

/** What was left out of a report. */
export class WithheldFromReport extends MadeReport {
  @ApiProperty({ type: [String], example: ['0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f'] })
  withheldDisclosures!: readonly string[];

  @ApiProperty({ type: [String], example: [] })
  withheldStatements!: readonly string[];
}
