import { ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { REVIEW_MEASURES, REVIEW_OUTCOMES, type ReviewMeasure, type ReviewOutcome } from './override-review.js';

/** Body of `POST /v1/reviews/{id}/answers`. */
export class ReviewBody {
  @ApiProperty({
    enum: REVIEW_OUTCOMES,
    example: 'justified',
    description: '`more-information-needed` concludes nothing: answer again when you know.',
  })
  @IsIn(REVIEW_OUTCOMES)
  outcome!: ReviewOutcome;

  @ApiProperty({
    enum: REVIEW_MEASURES,
    isArray: true,
    example: ['person-told'],
    description: 'What your agency did about it; `none` stands alone.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(REVIEW_MEASURES, { each: true })
  measures!: ReviewMeasure[];
}
