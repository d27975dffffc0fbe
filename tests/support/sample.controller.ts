import { Body, Controller, Get, HttpCode, HttpException, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiProperty, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Admission } from '../../src/admission/index.js';
import { DPOP_SCHEME, Problem, PROBLEMS, Problems, readBody, type ProblemCode } from '../../src/api-contract/index.js';

export class AskDto {
  @ApiProperty({ example: 'adult-care' }) @MaxLength(20) @IsString() purpose!: string;
}

/** Routes that bring about what the set-up has to deal with. */
@Controller('v1')
export class SampleController {
  /** Ends the exchange that `hold` has under way. */
  static release: (() => void) | undefined;
  constructor(private readonly admission: Admission) {}

  @Post('asks')
  @HttpCode(200)
  @ApiOperation({ operationId: 'ask', summary: 'Ask', description: 'Asks.' })
  @ApiBody({ type: AskDto })
  @ApiSecurity(DPOP_SCHEME)
  @ApiResponse({ status: 200, description: 'Asked.', type: AskDto })
  @Problems('DISCLOSURE_REFUSED', 'GATEWAY_BUSY', 'LOG_UNAVAILABLE')
  ask(@Body() bytes: Buffer): AskDto {
    return readBody(AskDto, bytes);
  }

  @Get('problems/:code')
  @ApiOperation({ operationId: 'failWith', summary: 'Fail', description: 'Fails with a code.' })
  @ApiParam({ name: 'code', example: 'NOT_FOUND' })
  @ApiResponse({ status: 204, description: 'Never.' })
  fail(@Param('code') code: string): void {
    if (code === 'bug') throw new TypeError('SENTINEL in a message', { cause: new Error('SENTINEL in a cause') });
    if (code === 'text') throw 'SENTINEL thrown as text';
    if (code === 'teapot') throw new HttpException({ SENTINEL: 'SENTINEL' }, 418);
    if (code === 'nest') throw new HttpException('SENTINEL', 500);
    if (code === 'refusal') {
      const decision = { outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'], policyVersion: 'v' };
      throw new Problem('DISCLOSURE_REFUSED', { exchangeId: 'e', decision, receipt: 'a.b.c' });
    }
    if (Object.hasOwn(PROBLEMS, code)) throw new Problem(code as ProblemCode, {}, { cause: new Error('SENTINEL') });
  }

  /** Holds an exchange open until {@link release}. */
  @Get('hold')
  async hold(): Promise<object> {
    const leave = this.admission.enter('sample-system');
    await new Promise<void>((resolve) => (SampleController.release = resolve));
    leave();
    return { held: true };
  }
}
