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
import { SubjectBody } from '../subject-handles/index.js';

const NAME = /^[a-z][a-z0-9-]{1,63}$/;

/**
 * Why the request is made without asking the person, as a closed list: a free text would carry what must not be kept.
 * The first three are the reasons of DPA 2018 Sch. 1 para. 18(1)(c) and (2).
 */
export const JUSTIFICATIONS = [
  'consent-cannot-be-given',
  'consent-cannot-reasonably-be-obtained',
  'asking-would-prejudice-protection',
  'life-at-risk',
  'required-by-law',
] as const;

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
    enum: JUSTIFICATIONS,
    description: 'Why the person was not asked, where that is so.',
  })
  @IsOptional()
  @IsIn(JUSTIFICATIONS)
  justification?: (typeof JUSTIFICATIONS)[number];
}
