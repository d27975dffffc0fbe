import { ApiProperty } from '@nestjs/swagger';
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
import { ASSURANCES, OVERRIDE_REASONS, type Assurance, type OverrideReason } from '../agreements/index.js';
import { SubjectBody } from '../subject-handles/subject-body.js';
import { LAW_ENFORCEMENT_JUSTIFICATIONS, type LawEnforcementJustification } from './law-enforcement.js';

const NAME = /^[a-z][a-z0-9-]{1,63}$/;

export class RequestedByBody {
  @ApiProperty({
    example: 'sw-4711',
    description: 'The requester’s own id for the member of staff. Never a person’s identifier.',
  })
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/)
  staffId!: string;

  @ApiProperty({ example: 'social-worker', description: 'One of the roles that the agreement’s leg names.' })
  @Matches(NAME)
  role!: string;
}

/** A named person authorises a disclosure against what a person said, or did not say. */
export class OverrideBody {
  @ApiProperty({
    enum: OVERRIDE_REASONS,
    description:
      'Why the person was not asked, or not followed: a closed list, because a free text would carry what must not be kept. The first three are those of DPA 2018 Sch. 1 para. 18(2).',
  })
  @IsIn(OVERRIDE_REASONS)
  reason!: OverrideReason;

  @ApiProperty({
    type: () => RequestedByBody,
    description: 'Who authorises it; the agreement’s leg says which roles may.',
  })
  @ValidateNested()
  @Type(() => RequestedByBody)
  authorisedBy!: RequestedByBody;
}

/** Body of `POST /v1/queries`. */
export class QueryBody {
  @ApiProperty({ example: 'northmoor-nhs-trust/assessed-needs' })
  @Matches(/^[a-z][a-z0-9-]{1,63}\/[a-z][a-z0-9-]{1,63}$/)
  dataService!: string;

  @ApiProperty({ example: 'adult-social-care' })
  @Matches(NAME)
  purpose!: string;

  @ApiProperty({ type: () => SubjectBody })
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;

  @ApiProperty({
    example: ['assessed-needs', 'care-coordinator'],
    description: 'Items of the data service, each once.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(/^[a-z][a-z0-9-]{0,63}$/, { each: true })
  dataItems!: string[];

  @ApiProperty({
    required: false,
    example: 'ASC-2026-00123',
    description:
      'The case, incident or visit in the requester’s own system that this starts from. Kept only as a keyed hash.',
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9/_.-]{0,63}$/)
  caseReference?: string;

  @ApiProperty({ type: () => RequestedByBody })
  @ValidateNested()
  @Type(() => RequestedByBody)
  requestedBy!: RequestedByBody;

  @ApiProperty({
    required: false,
    example: 'adult-care-assessed-needs',
    description: 'Rely on this agreement and no other.',
  })
  @IsOptional()
  @Matches(NAME)
  agreement?: string;

  @ApiProperty({
    required: false,
    description: 'Rely on this permission and no other.',
    example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
  })
  @IsOptional()
  @IsUUID()
  permission?: string;

  @ApiProperty({
    required: false,
    enum: OVERRIDE_REASONS,
    description: 'Why the person was not asked, where that is so.',
  })
  @IsOptional()
  @IsIn(OVERRIDE_REASONS)
  justification?: OverrideReason;

  @ApiProperty({
    required: false,
    enum: LAW_ENFORCEMENT_JUSTIFICATIONS,
    description:
      'Why data held for law enforcement are consulted (Data Protection Act 2018 s.62). Recorded where the supplier or the requester processes under Part 3 of the Act; without it, the purpose of the agreement stands for it.',
  })
  @IsOptional()
  @IsIn(LAW_ENFORCEMENT_JUSTIFICATIONS)
  lawEnforcementJustification?: LawEnforcementJustification;

  @ApiProperty({
    required: false,
    type: () => OverrideBody,
    description:
      'Disclose although the person has not agreed or has objected, where the agreement allows it. Each such disclosure is reviewed by officers of both agencies.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => OverrideBody)
  override?: OverrideBody;

  @ApiProperty({
    required: false,
    enum: ASSURANCES,
    description:
      'How sure the requester is that what it acts on is so, and that this is the person; where the leg asks.',
  })
  @IsOptional()
  @IsIn(ASSURANCES)
  assurance?: Assurance;
}
