import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { OVERRIDE_REASONS } from '../agreements/index.js';
import { EntryProof } from '../disclosure-log/disclosure-log.module.js';
import { Explanation } from '../explanations/explanations.module.js';
import { SubjectBody } from '../subject-handles/subject-body.js';
import {
  DISCLOSURE_KINDS,
  DISCLOSURE_OUTCOMES,
  DISCLOSURE_RESULTS,
  DIRECTIONS,
  type FoundDisclosure,
} from './disclosure.js';
import { DEFAULT_PER_PAGE, MOST_PER_PAGE } from './disclosure-search.js';
import { MOST_COUNTED } from './find-disclosures.js';

class DisclosureAgreement {
  @ApiProperty({ example: 'adult-care-assessed-needs' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;
}

/** A disclosure in a list, as an officer of one of its agencies sees it. */
export class DisclosureSummary {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  exchangeId!: string;

  @ApiProperty({ enum: DISCLOSURE_KINDS, example: 'exchange' })
  kind!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.000Z' })
  decidedAt!: string;

  @ApiProperty({ enum: DIRECTIONS, example: 'requested', description: 'What your agency did: ask, or be asked.' })
  direction!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'northmoor-nhs-trust',
    description: 'Null for a request that was not understood.',
  })
  otherAgency!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'query' })
  pattern!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'northmoor-nhs-trust/assessed-needs' })
  dataService!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'adult-social-care' })
  purpose!: string | null;

  @ApiProperty({ enum: DISCLOSURE_OUTCOMES, example: 'permit-partial' })
  outcome!: string;

  @ApiProperty({
    enum: DISCLOSURE_RESULTS,
    type: String,
    nullable: true,
    example: 'disclosed',
    description: 'What became of a permit; null of a refusal, and where no outcome is on record.',
  })
  result!: string | null;

  @ApiProperty({ type: [String], example: ['PERMIT_PARTIAL_CONSENT_SCOPE'] })
  reasons!: readonly string[];

  @ApiProperty({ type: [String], example: ['assessed-needs', 'care-coordinator'] })
  items!: readonly string[];

  @ApiProperty({ type: [String], example: ['care-coordinator'] })
  released!: readonly string[];

  @ApiProperty({ type: [String], example: ['ukgdpr-6-1-e', 'care-2014-s6'] })
  legalBases!: readonly string[];

  @ApiProperty({
    enum: OVERRIDE_REASONS,
    type: String,
    nullable: true,
    example: null,
    description: 'Reason of an override, if there was any.',
  })
  overrideReason!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'social-worker' })
  staffRole!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'sw-4711',
    description: 'Your own id of the member of staff. Null where they are another agency’s.',
  })
  staffId!: string | null;

  @ApiProperty({
    type: () => DisclosureAgreement,
    nullable: true,
    example: { id: 'adult-care-assessed-needs', version: 1 },
  })
  agreement!: DisclosureAgreement | null;

  @ApiProperty({ example: false, description: 'Either agency processed under Part 3 of the DPA 2018.' })
  lawEnforcement!: boolean;

  /** @param agency whose officer looks. INVARIANT: 8. */
  static of(found: FoundDisclosure, agency: string): DisclosureSummary {
    const { requester, supplier, askedBy, agreement, agreementVersion, kind } = found;
    const isRequested = requester === agency;
    const isOwnStaff = isRequested || kind === 'decision-not-to-share';
    return {
      exchangeId: found.exchangeId,
      kind,
      decidedAt: found.decidedAt.toISOString(),
      direction: isRequested ? 'requested' : 'supplied',
      otherAgency: isRequested ? supplier : (requester ?? askedBy),
      pattern: found.pattern,
      dataService: found.dataService,
      purpose: found.purpose,
      outcome: found.outcome,
      result: found.result,
      reasons: found.reasons,
      items: found.items,
      released: found.released,
      legalBases: found.legalBases,
      overrideReason: found.overrideReason,
      staffRole: found.staffRole,
      staffId: isOwnStaff ? found.staffId : null,
      agreement: agreement === null || agreementVersion === null ? null : { id: agreement, version: agreementVersion },
      lawEnforcement: found.lawEnforcement,
    };
  }
}

/** Answer of `GET /v1/disclosures`. */
export class DisclosurePage {
  @ApiProperty({ type: () => [DisclosureSummary], description: 'The newest first.' })
  disclosures!: DisclosureSummary[];

  @ApiProperty({
    example: 1,
    description: `How many there are on all pages. Counting stops at ${MOST_COUNTED}.`,
  })
  count!: number;

  @ApiProperty({ example: true, description: `False: there are ${MOST_COUNTED} or more.` })
  countIsExact!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      '`cursor` of the next page, if there is one. A reading goes on in the log as it was at its first page.',
  })
  nextCursor!: string | null;
}

/** Answer of `POST /v1/disclosures/search-by-subject`. */
export class PersonDisclosurePage extends DisclosurePage {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 1,
    description:
      'Under how many further identifiers exchanges were found: those that one exchange used together with an identifier of yours, and so on. Null: more than one person has, so none of them was followed.',
  })
  identifiersLinked!: number | null;
}

/** Body of `POST /v1/disclosures/search-by-subject`. */
export class PersonSearchBody {
  @ApiProperty({ type: () => SubjectBody })
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;

  @ApiProperty({
    required: false,
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: DEFAULT_PER_PAGE,
    example: 20,
    description: 'Most disclosures on a page.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_PER_PAGE)
  limit?: number;

  @ApiProperty({
    required: false,
    description: '`nextCursor` of the page before.',
    example: 'NDIgMjAyNi0xMS0yMlQwOTozMDowMC4wMDBaIDQx',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** Answer of `GET /v1/disclosures/{exchangeId}`. */
export class DisclosureAnswer {
  @ApiProperty({ type: () => DisclosureSummary })
  disclosure!: DisclosureSummary;

  @ApiProperty({
    type: () => Explanation,
    nullable: true,
    example: null,
    description: 'As of its own operation; null of a decision not to share.',
  })
  explanation!: Explanation | null;

  @ApiProperty({ type: () => [EntryProof], description: 'Of each entry that your agency may see, in order.' })
  proofs!: EntryProof[];
}
