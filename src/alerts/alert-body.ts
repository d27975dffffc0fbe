import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ALERT_OUTCOMES, type AlertOutcome } from './alert.js';
import { REFERENCE_RULE } from './incident-reference.js';

/** Body of `POST /v1/alerts/{id}/close`. */
export class CloseAlertBody {
  @ApiProperty({ enum: ALERT_OUTCOMES, example: 'in-order', description: 'What was found.' })
  @IsIn(ALERT_OUTCOMES)
  outcome!: AlertOutcome;

  @ApiPropertyOptional({
    maxLength: 20,
    example: 'IG-2026-0042',
    description: `Under which your agency’s own system keeps what was found; notes belong there. It is ${REFERENCE_RULE}. Erased with the alert.`,
  })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  reference?: string;
}
