import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsUUID } from 'class-validator';
import { ERASURE_GROUNDS, type ErasureGround, type ErasureOrder } from './erasure-order.js';

const EXAMPLE_EXCHANGE = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';

/** Body of `POST /v1/erasures`. */
export class ErasureBody {
  @ApiProperty({
    type: [String],
    example: [EXAMPLE_EXCHANGE],
    description: 'Exchanges of your agency, all with the same other party.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  exchanges!: string[];

  @ApiProperty({ enum: ERASURE_GROUNDS, example: 'recorded-in-error' })
  @IsIn(ERASURE_GROUNDS)
  ground!: ErasureGround;
}

/** An order to erase as an officer of either party sees it. */
export class ErasureAnswer {
  @ApiProperty({ format: 'uuid', example: '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70' })
  id!: string;

  @ApiProperty({ enum: ['waiting', 'erased'], example: 'waiting' })
  state!: string;

  @ApiProperty({ enum: ERASURE_GROUNDS, example: 'recorded-in-error' })
  ground!: string;

  @ApiProperty({ type: [String], example: [EXAMPLE_EXCHANGE] })
  exchanges!: readonly string[];

  @ApiProperty({ example: 'northmoor-council' })
  agency!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'northmoor-council-ig-2',
    description: 'The officer by their agency’s own id for them. Null for officers of the other agency.',
  })
  orderedBy!: string | null;

  @ApiProperty({ example: '2026-11-22T09:30:00.000Z' })
  orderedAt!: string;

  @ApiProperty({ example: 'northmoor-nhs-trust', description: 'Whose officer confirms it.' })
  confirmingAgency!: string;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'As `orderedBy`.' })
  confirmedBy!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'When it was carried out.' })
  confirmedAt!: string | null;

  /** @param reader the agency whose officer reads it */
  static of(order: ErasureOrder, reader: string): ErasureAnswer {
    const { id, ground, exchanges, agency, orderedBy, orderedAt, confirmingAgency, confirmedBy, confirmedAt } = order;
    return {
      id,
      state: confirmedAt ? 'erased' : 'waiting',
      ground,
      exchanges,
      agency,
      orderedBy: agency === reader ? orderedBy : null,
      orderedAt: orderedAt.toISOString(),
      confirmingAgency,
      confirmedBy: confirmingAgency === reader ? confirmedBy : null,
      confirmedAt: confirmedAt?.toISOString() ?? null,
    };
  }
}

/** Answer of `GET /v1/erasures`. */
export class ErasurePage {
  @ApiProperty({ type: () => [ErasureAnswer], description: 'In the order in which they were ordered.' })
  erasures!: ErasureAnswer[];

  @NextCursor()
  nextCursor!: string | null;
}
