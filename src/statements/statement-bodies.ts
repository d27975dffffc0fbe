import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  Matches,
  ValidateNested,
} from 'class-validator';
import { CapacityStatementBody, StaffBody } from '../permissions/index.js';
import { SubjectBody } from '../subject-handles/subject-body.js';
import { HOLD_BACK_REASONS, OBJECTION_REASONS } from './statement.js';

const NAME = /^[a-z][a-z0-9-]{1,63}$/;

/** Body of `POST /v1/address-suppressions`: of whom. */
export class AddressSuppressionBody {
  @ApiProperty({ type: () => SubjectBody })
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;
}

/** Of whom, and of which sharing, something is said. */
export class SharingBody extends AddressSuppressionBody {
  @ApiProperty({ example: 'adult-social-care' })
  @Matches(NAME)
  purpose!: string;

  @ApiProperty({ example: ['northmoor-council'], description: 'Agencies that would receive.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(NAME, { each: true })
  recipients!: string[];

  @ApiProperty({
    example: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
    description: '`<data service>#<item>`, `<data service>#*` for each of its items, or `*` for everything.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @Matches(/^(\*|[a-z][a-z0-9-]{1,63}\/[a-z][a-z0-9-]{1,63}#(\*|[a-z][a-z0-9-]{0,63}))$/, { each: true })
  items!: string[];
}

/** Body of `POST /v1/objections`. */
export class ObjectionBody extends SharingBody {
  @ApiProperty({
    enum: OBJECTION_REASONS,
    example: 'particular-situation',
    description:
      'On what the person relies: UK GDPR Art. 21(1), (2) or (6), or the duty of confidence. Their own words are not kept.',
  })
  @IsIn(OBJECTION_REASONS)
  reason!: (typeof OBJECTION_REASONS)[number];
}

/** Body of `POST /v1/hold-backs`. */
export class HoldBackBody extends SharingBody {
  @ApiProperty({ enum: HOLD_BACK_REASONS, example: 'serious-harm' })
  @IsIn(HOLD_BACK_REASONS)
  reason!: (typeof HOLD_BACK_REASONS)[number];

  @ApiProperty({ type: () => StaffBody })
  @ValidateNested()
  @Type(() => StaffBody)
  decidedBy!: StaffBody;
}

/** Body of `POST /v1/best-interests-decisions`. */
export class BestInterestsDecisionBody extends SharingBody {
  @ApiProperty({ enum: ['share', 'do-not-share'], example: 'share' })
  @IsIn(['share', 'do-not-share'])
  decision!: 'share' | 'do-not-share';

  @ApiProperty({ type: () => StaffBody })
  @ValidateNested()
  @Type(() => StaffBody)
  decidedBy!: StaffBody;

  @ApiProperty({
    example: ['family-carer', 'independent-mental-capacity-advocate'],
    description: 'Roles of those who were consulted (Mental Capacity Act 2005 s.4(7)); never their names.',
  })
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(NAME, { each: true })
  consulted!: string[];

  @ApiProperty({
    type: () => CapacityStatementBody,
    description:
      'That the person lacks capacity for this decision. `has-capacity` is refused: then the person decides.',
  })
  @ValidateNested()
  @Type(() => CapacityStatementBody)
  capacityStatement!: CapacityStatementBody;

  @ApiProperty({ example: '2027-05-22T09:00:00Z', description: 'In the future, and at most one year from now.' })
  @IsISO8601({ strict: true, strictSeparator: true })
  validUntil!: string;
}
