import { ApiProperty } from '@nestjs/swagger';
import type { PermissionKind } from '../legal-bases/index.js';

/** An exchange in which items went on a permission that has ended. */
export class ConcernedExchange {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c073990' })
  readonly exchangeId!: string;

  @ApiProperty({ example: 'northmoor-nhs-trust/assessed-needs' })
  readonly dataService!: string;

  @ApiProperty({ example: '2026-11-20T09:00:00.000Z' })
  readonly disclosedAt!: string;
}

/** What a recipient is told of a person's later no. The person is not named: the recipient knows them by the exchange. */
export class WithdrawalNotice {
  @ApiProperty({
    format: 'uuid',
    example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    description: 'Id of the permission that was withdrawn, or of the refusal.',
  })
  readonly id!: string;

  @ApiProperty({
    enum: ['uk-gdpr-consent', 'confidentiality', 'statutory-agreement', 'service-choice'],
    example: 'confidentiality',
  })
  readonly permissionKind!: PermissionKind;

  @ApiProperty({ example: 'adult-social-care' })
  readonly purpose!: string;

  @ApiProperty({
    enum: ['withdrawn', 'refused'],
    example: 'withdrawn',
    description: '`refused`: the person was asked again about all of it, and said no.',
  })
  readonly ended!: 'withdrawn' | 'refused';

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  readonly endedAt!: string;

  @ApiProperty({ type: [ConcernedExchange], description: 'In the order of time.' })
  readonly exchanges!: readonly ConcernedExchange[];

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly acknowledgedAt!: string | null;
}

export class WithdrawalNoticePage {
  @ApiProperty({ type: [WithdrawalNotice] })
  readonly notices!: readonly WithdrawalNotice[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'For `after`; null on the last page.' })
  readonly nextCursor!: string | null;
}
