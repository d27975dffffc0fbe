import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import type { Sensitivity } from './data-service.js';

/** A data item, as a caller sees it. */
export class DataItemView {
  @ApiProperty({ example: 'risk-summary' })
  readonly id!: string;
  @ApiProperty({ example: 'Summary of risks to the person and to those who visit' })
  readonly name!: string;
  @ApiProperty({ enum: ['standard', 'special-category', 'criminal-offence'], example: 'special-category' })
  readonly sensitivity!: Sensitivity;
  @ApiProperty({ description: 'Held under the common-law duty of confidence.', example: true })
  readonly confidential!: boolean;
}

/** What one leg of one agreement lets the caller's agency ask for. */
export class DataServiceAccessView {
  @ApiProperty({ example: 'adult-care-assessed-needs' })
  readonly agreement!: string;
  @ApiProperty({ example: 1 })
  readonly version!: number;
  @ApiProperty({ example: 'trust-to-council' })
  readonly leg!: string;
  @ApiProperty({ enum: ['in-force', 'not-yet'], example: 'in-force' })
  readonly state!: 'in-force' | 'not-yet';
  @ApiProperty({ format: 'date', example: '2026-11-01' })
  readonly startsOn!: string;
  @ApiProperty({ format: 'date', example: '2028-10-31' })
  readonly endsOn!: string;
  @ApiProperty({ type: [String], example: ['assessed-needs', 'risk-summary', 'care-coordinator'] })
  readonly dataItems!: readonly string[];
  @ApiProperty({ type: [String], example: ['adult-social-care'] })
  readonly purposes!: readonly string[];
  @ApiProperty({ type: [String], example: ['query'] })
  readonly patterns!: readonly string[];
  @ApiProperty({ type: [String], example: ['social-worker'] })
  readonly roles!: readonly string[];
  @ApiProperty({ type: [String], example: ['nhs-number'] })
  readonly identifierTypes!: readonly string[];
  @ApiProperty({ type: [String], example: ['case'] })
  readonly caseReferenceKinds!: readonly string[];
}

/** The agency that holds the data. */
export class DataServiceAgencyView {
  @ApiProperty({ example: 'northmoor-nhs-trust' })
  readonly id!: string;
  @ApiProperty({ example: 'Northmoor Community and Mental Health NHS Trust (fictional)' })
  readonly name!: string;
}

/** A data service, as far as the caller may know of it. */
export class DataServiceView {
  @ApiProperty({ example: 'northmoor-nhs-trust/assessed-needs' })
  readonly id!: string;
  @ApiProperty({ example: 'Assessed needs' })
  readonly name!: string;
  @ApiProperty({ example: 'Needs, risks and care coordinator of people whom the trust cares for.' })
  readonly description!: string;
  @ApiProperty({ type: DataServiceAgencyView })
  readonly agency!: DataServiceAgencyView;
  @ApiProperty({ description: 'Whether it is held by the agency of the caller.', example: false })
  readonly own!: boolean;
  @ApiProperty({ type: [String], example: ['nhs-number'] })
  readonly identifierTypes!: readonly string[];
  @ApiProperty({ type: [DataItemView] })
  readonly dataItems!: readonly DataItemView[];
  @ApiProperty({ type: [DataServiceAccessView], description: 'What the caller’s agency may ask for, and under what.' })
  readonly access!: readonly DataServiceAccessView[];
}

/** One page of data services. */
export class DataServicePage {
  @ApiProperty({ type: [DataServiceView] })
  readonly dataServices!: readonly DataServiceView[];
  @NextCursor()
  readonly nextCursor!: string | null;
}
