import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { PermissionKind } from '../legal-bases/legal-basis.js';
import { SubjectBody } from '../subject-handles/subject-body.js';
import { CAPACITY_FINDINGS, type CapacityFinding } from './capacity-statement.js';
import {
  ANSWERS,
  CAPACITIES,
  GIVERS,
  METHODS,
  PERMISSION_KINDS,
  type Capacity,
  type GivenBy,
  type PermissionWord,
} from './permission.js';

/** A member of staff, as an agency names them. */
export class StaffBody {
  @ApiProperty({ example: 'tr-0815', description: 'Your own id of the member of staff.' })
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  staffId!: string;

  @ApiProperty({ example: 'care-coordinator' })
  @Matches(/^[a-z][a-z0-9-]{1,63}$/)
  role!: string;
}

/** What was found of the person's capacity for this decision. */
export class CapacityStatementBody {
  @ApiProperty({ enum: CAPACITY_FINDINGS, example: 'lacks-capacity', description: 'For this decision and no other.' })
  @IsIn(CAPACITY_FINDINGS)
  finding!: CapacityFinding;

  @ApiProperty({ type: () => StaffBody })
  @ValidateNested()
  @Type(() => StaffBody)
  assessedBy!: StaffBody;

  @ApiProperty({ example: '2026-11-20', description: 'Not after today.' })
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  assessedOn!: string;
}

/** Ways of answering in which nobody asks. */
const UNATTENDED: readonly string[] = ['online', 'paper'];

/** Body of `POST /v1/permissions/search-by-subject`. */
export class PermissionSearchBody {
  @ApiProperty({ type: () => SubjectBody })
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;
}

/** Body of `POST /v1/permissions`. */
export class PermissionBody {
  @ApiProperty({
    enum: ANSWERS,
    required: false,
    example: 'given',
    description: 'What the person said; default `given`. A refusal is recorded too, and counts as much.',
  })
  @IsOptional()
  @IsIn(ANSWERS)
  answer: PermissionWord = 'given';

  @ApiProperty({
    enum: PERMISSION_KINDS,
    example: 'confidentiality',
    description: 'Kinds never stand in for one another.',
  })
  @IsIn(PERMISSION_KINDS)
  kind!: PermissionKind;

  @ApiProperty({ example: 'adult-social-care' })
  @Matches(/^[a-z][a-z0-9-]{1,63}$/)
  purpose!: string;

  @ApiProperty({ example: ['northmoor-council'], description: 'Agencies that may receive.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(/^[a-z][a-z0-9-]{1,63}$/, { each: true })
  recipients!: string[];

  @ApiProperty({
    example: ['northmoor-nhs-trust/assessed-needs#assessed-needs'],
    description: '`<data service>#<item>`, or `<data service>#*` for each of its items.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @Matches(/^[a-z][a-z0-9-]{1,63}\/[a-z][a-z0-9-]{1,63}#(\*|[a-z][a-z0-9-]{0,63})$/, { each: true })
  items!: string[];

  @ApiProperty({ type: () => SubjectBody })
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;

  @ApiProperty({ enum: GIVERS, example: 'self' })
  @IsIn(GIVERS)
  givenBy!: GivenBy;

  @ApiProperty({
    enum: CAPACITIES,
    example: 'own',
    description:
      '`own` for oneself; `child` with parental responsibility; `benefits` for an appointee; for an attorney or deputy, the matter they act in.',
  })
  @IsIn(CAPACITIES)
  capacity!: Capacity;

  @ApiProperty({ enum: METHODS, example: 'in-person' })
  @IsIn(METHODS)
  method!: string;

  @ApiProperty({ example: 'shared-assessment-v3', description: 'Version of the wording that the person was shown.' })
  @IsString()
  @MaxLength(64)
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
  wordingVersion!: string;

  @ApiProperty({ example: 'en', description: 'Language of that wording (BCP 47), e.g. `en`, `cy`, `pl`.' })
  @Matches(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$/)
  language!: string;

  @ApiProperty({
    type: () => StaffBody,
    required: false,
    description: 'Who asked. Left out only where nobody did, which `online` and `paper` allow.',
  })
  @ValidateIf((body: PermissionBody) => body.askedBy !== undefined || !UNATTENDED.includes(body.method))
  @ValidateNested()
  @Type(() => StaffBody)
  askedBy?: StaffBody;

  @ApiProperty({
    type: () => CapacityStatementBody,
    required: false,
    description:
      'Needed, with `lacks-capacity`, where an attorney for health and welfare, a deputy or an appointee speaks for an adult.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => CapacityStatementBody)
  capacityStatement?: CapacityStatementBody;

  @ApiProperty({ required: false, example: '2026-11-22T09:00:00Z', description: 'Default: now.' })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  validFrom?: string;

  @ApiProperty({
    required: false,
    example: '2027-11-22T09:00:00Z',
    description: 'Must be after `validFrom`, and at most five years from now. A refusal has none: it does not end.',
  })
  @ValidateIf(({ answer }: PermissionBody) => answer !== 'refused')
  @IsISO8601({ strict: true, strictSeparator: true })
  validUntil?: string;
}
