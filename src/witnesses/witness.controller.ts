import { Body, Controller, Get, Header, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/index.js';
import { Problem, Problems, TakesAnyBody } from '../api-contract/index.js';
import { SETTINGS, type Settings } from '../config/index.js';
import { verifierKey } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { MAX_CHECKPOINT_BYTES, Witness } from './witness.js';

const REQUEST_EXAMPLE = `old 41
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=

partner.example/log
42
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— partner.example/log Az3grl…
`;
const KEY_EXAMPLE = 'gatehouse.example/witness+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN\n';

/** The gateway as a witness of partners' logs. */
@ApiTags('Disclosure log')
@Controller('v1/witness')
export class WitnessController {
  constructor(
    private readonly witness: Witness,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Public: what is asked is as good as the log's own signature on it, and only configured logs are known. */
  @Post('add-checkpoint')
  @Allow('public')
  @HttpCode(200)
  @TakesAnyBody()
  @ApiOperation({
    operationId: 'addCheckpoint',
    summary: 'Cosign a checkpoint of a partner’s log (C2SP tlog-witness)',
    description:
      'For logs that this gateway is a witness of. Consistency with everything cosigned before is checked and remembered first.',
  })
  @ApiConsumes('text/plain')
  @ApiBody({ schema: { type: 'string', example: REQUEST_EXAMPLE } })
  @ApiResponse({
    status: 200,
    description: 'A cosignature (C2SP tlog-cosignature, Ed25519).',
    content: { 'text/plain': { schema: { type: 'string' }, example: '— gatehouse.example/witness jWbPPw…\n' } },
  })
  @ApiResponse({ status: 400, description: 'The body is not one of add-checkpoint, or its old size is too large.' })
  @ApiResponse({ status: 403, description: 'No known key of the log signed the checkpoint.' })
  @ApiResponse({ status: 404, description: 'This gateway is no witness of this log.' })
  @ApiResponse({
    status: 409,
    description: 'Another tree was cosigned last: its size. Or one of the same size with another root: a fork.',
    content: { 'text/x.tlog.size': { schema: { type: 'string' }, example: '41\n' } },
  })
  @ApiResponse({ status: 422, description: 'The consistency proof does not lead to the checkpoint.' })
  @Problems('STORE_UNAVAILABLE')
  async addCheckpoint(@Body() body: Buffer | undefined, @Res() reply: FastifyReply): Promise<void> {
    if (body && body.length > MAX_CHECKPOINT_BYTES) throw new Problem('REQUEST_TOO_LARGE');
    const answer = await this.witness.addCheckpoint(body?.toString('utf8') ?? '').catch((error: unknown) => {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    });
    await reply.code(answer.status).type(answer.contentType).send(answer.body);
  }

  @Get('key')
  @Allow('public')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({
    operationId: 'getWitnessKey',
    summary: 'The public key that verifies this gateway’s cosignatures',
    description: 'C2SP verifier key (type 4). Obtain it once over a channel that you trust, and keep it.',
  })
  @ApiResponse({
    status: 200,
    description: 'A verifier key.',
    content: { 'text/plain': { schema: { type: 'string' }, example: KEY_EXAMPLE } },
  })
  key(): string {
    return `${verifierKey({ name: this.settings.witnessName, key: this.keys.witness.publicKey }, 'cosignature')}\n`;
  }
}
