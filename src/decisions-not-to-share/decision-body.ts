import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  Matches,
  ValidateNested,
} from 'class-validator';
import { SubjectBody } from '../subject-handles/subject-body.js';

/**
 * Why it was not shared: a closed list, because a free text would carry what must not be kept. `more-detrimental-than-not`:
 * sharing would harm the child more than not sharing (Children Act 2004 s.16LA(3)).
 */
export const REASONS_NOT_TO_SHARE = [
  'more-detrimental-than-not',
  'no-legal-basis',
  'not-necessary',
  'not-proportionate',
  'person-objects',
  'safety-of-somebody',
] as const;
export type ReasonNotToShare = (typeof REASONS_NOT_TO_SHARE)[number];

const NAME = /^[a-z][a-z0-9-]{1,63}$/;

/** Who decided. */
export class DecidedByBody {
  @ApiProperty({ example: 'dsl-0032', description: 'Your own id of the member of staff. Never a person’s identifier.' })
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/)
  staffId!: string;

  @ApiProperty({ example: 'safeguarding-lead' })
  @Matches(NAME)
  role!: string;
}

/** Body of `POST /v1/decisions-not-to-share`. */
export class DecisionNotToShareBody {
  @ApiProperty({
    example: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
    description: 'Of your agency’s own: `<data service>#<item>`, or `<data service>#*` for each of its items.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @Matches(/^[a-z][a-z0-9-]{1,63}\/[a-z][a-z0-9-]{1,63}#(\*|[a-z][a-z0-9-]{0,63})$/, { each: true })
  items!: string[];

  @ApiProperty({ example: 'northmoor-council', description: 'The agency that asked.' })
  @Matches(NAME)
  askedBy!: string;

  @ApiProperty({
    example: 'adult-social-care',
    description: 'What it asked for, as a code of the catalogue of purposes.',
  })
  @Matches(NAME)
  purpose!: string;

  @ApiProperty({ enum: REASONS_NOT_TO_SHARE, example: 'safety-of-somebody' })
  @IsIn(REASONS_NOT_TO_SHARE)
  reason!: ReasonNotToShare;

  @ApiProperty({
    example: ['care-2014-s42'],
    description: 'Legal bases that were considered, by their ids in the catalogue; empty where there were none.',
  })
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(NAME, { each: true })
  legalBasis!: string[];

  @ApiProperty({ type: () => DecidedByBody })
  @ValidateNested()
  @Type(() => DecidedByBody)
  decidedBy!: DecidedByBody;

  @ApiProperty({
    type: () => SubjectBody,
    required: false,
    description: 'Whom it was about. Kept as keyed handles only, so that the decision is found again.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => SubjectBody)
  subject?: SubjectBody;
}
