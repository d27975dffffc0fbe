import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, type Caller } from '../access/index.js';
import { Problems } from '../api-contract/index.js';
import { knownId } from '../permissions/index.js';
import { readNoticeSearch } from './notice-search.js';
import { WithdrawalNotice, WithdrawalNoticePage } from './withdrawal-notice.js';
import { WithdrawalNotices } from './withdrawal-notices.service.js';

/** What the systems of a recipient are told of permissions that ended after their agency got data on them. */
@ApiTags('Withdrawal notices')
@Controller('v1/withdrawal-notices')
@Allow('system')
export class WithdrawalNoticesController {
  constructor(private readonly notices: WithdrawalNotices) {}

  @Get()
  @ApiOperation({
    operationId: 'listWithdrawalNotices',
    summary: 'See which permissions ended that your agency got data on',
    description:
      'Where the agreement says that you are told. A notice is there from the moment the withdrawal or refusal is answered, on every replica, until your agency takes note of it. Begin each time without `after`, which goes on within one reading.',
  })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: {
      type: 'string',
      example: 'MjAyNi0xMS0yMlQwOTowMDowMC4wMDBaIDAxOTJmMGMxLTdkNmUtN2NjMy05OGM0LWRjMGMwYzA3Mzk4Zg',
    },
    description: '`nextCursor` of the page before.',
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50, example: 20 },
    description: 'Most notices on a page.',
  })
  @ApiQuery({
    name: 'acknowledged',
    required: false,
    schema: { type: 'boolean', default: false, example: false },
    description: 'True: the notices that your agency took note of, in place of those that it has not.',
  })
  @ApiOkResponse({ type: WithdrawalNoticePage, description: 'A page of notices, the earliest first.' })
  @Problems('STORE_UNAVAILABLE')
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<WithdrawalNoticePage> {
    return await this.notices.list(caller, readNoticeSearch(query));
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acknowledgeWithdrawalNotice',
    summary: 'Take note of a withdrawal notice',
    description:
      'Goes into the disclosure log, once for your agency. Taking note again changes nothing. A notice of another agency looks like one that does not exist.',
  })
  @ApiParam({ name: 'id', example: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' })
  @ApiOkResponse({ type: WithdrawalNotice, description: 'The notice, taken note of.' })
  @Problems('NOT_FOUND', 'LOG_UNAVAILABLE', 'STORE_UNAVAILABLE')
  async acknowledge(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WithdrawalNotice> {
    return await this.notices.acknowledge(caller, knownId(id));
  }
}
