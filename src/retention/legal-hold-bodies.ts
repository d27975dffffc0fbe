import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsUUID,
  Matches,
  ValidateNested,
} from 'class-validator';
import { SubjectBody } from '../subject-handles/subject-body.js';
import { HOLD_REASONS, type HoldReason, type LegalHold } from './legal-hold.js';

const EXAMPLE_ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';
const EXAMPLE_EXCHANGE = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';

/** Body of `POST /v1/legal-holds`: one of `exchanges`, `agreement` and `subject` says what is held. */
export class LegalHoldBody {
  @ApiProperty({ required: false, type: [String], example: [EXAMPLE_EXCHANGE], description: 'These exchanges.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  exchanges?: string[];

  @ApiProperty({
    required: false,
    example: 'adult-care-assessed-needs',
    description: 'Every exchange under any version of it in which your agency is requester or supplier.',
  })
  @IsOptional()
  @Matches(/^[a-z][a-z0-9-]{1,63}$/)
  agreement?: string;

  @ApiProperty({
    required: false,
    type: () => SubjectBody,
    description: 'Everything about the person under these identifiers. Kept as keyed handles alone.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => SubjectBody)
  subject?: SubjectBody;

  @ApiProperty({ enum: HOLD_REASONS, example: 'court-proceedings' })
  @IsIn(HOLD_REASONS)
  reason!: HoldReason;

  @ApiProperty({
    example: 'LIT/2026/0042',
    description: 'Of the matter, in your own file. Kept as it stands, so never a name or a number of a person.',
  })
  @Matches(/^[A-Z]{1,4}[/-]\d[\d/-]{0,30}$/)
  reference!: string;
}

/** A legal hold as an officer of the agency that placed it sees it. */
export class LegalHoldAnswer {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ enum: HOLD_REASONS, example: 'court-proceedings' })
  reason!: string;

  @ApiProperty({ example: 'LIT/2026/0042' })
  reference!: string;

  @ApiProperty({ type: [String], nullable: true, example: [EXAMPLE_EXCHANGE] })
  exchanges!: readonly string[] | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  agreement!: string | null;

  @ApiProperty({ example: false, description: 'It keeps everything about a person. Who that is, is not told.' })
  aboutAPerson!: boolean;

  @ApiProperty({ example: 'northmoor-council-ig-2', description: 'The officer by your own id for them.' })
  placedBy!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.000Z' })
  placedAt!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  liftedBy!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  liftedAt!: string | null;

  static of({ id, reason, reference, exchanges, agreement, subjectHandles, ...hold }: LegalHold): LegalHoldAnswer {
    return {
      id,
      reason,
      reference,
      exchanges,
      agreement,
      aboutAPerson: subjectHandles !== null,
      placedBy: hold.placedBy,
      placedAt: hold.placedAt.toISOString(),
      liftedBy: hold.liftedBy,
      liftedAt: hold.liftedAt?.toISOString() ?? null,
    };
  }
}

/** Answer of `GET /v1/legal-holds`. */
export class LegalHoldPage {
  @ApiProperty({ type: () => [LegalHoldAnswer], description: 'In the order in which they were placed.' })
  legalHolds!: LegalHoldAnswer[];

  @NextCursor()
  nextCursor!: string | null;
}
