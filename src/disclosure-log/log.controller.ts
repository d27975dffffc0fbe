import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, type Caller } from '../access/index.js';
import { Problem, Problems } from '../api-contract/index.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { DisclosureLog } from './disclosure-log.js';
import { EntryProof } from './entry-proof.js';
import { LogReader } from './read-log.js';
import { stored } from './stored.js';

class LogKeysAnswer {
  @ApiProperty({
    example: 'gatehouse.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    description: 'C2SP verifier key of the checkpoints.',
  })
  checkpoint!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [
      {
        kty: 'OKP',
        crv: 'Ed25519',
        kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
        x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      },
    ],
    description: 'Keys of receipts (JWK, RFC 7517).',
  })
  receipts!: Record<string, unknown>[];
}

/** The disclosure log as everyone may see it: its checkpoints, its keys, and proofs. */
@ApiTags('Disclosure log')
@Controller('v1/log')
export class LogController {
  constructor(
    private readonly reader: LogReader,
    private readonly log: DisclosureLog,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('checkpoint')
  @Allow('public')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({
    operationId: 'getCheckpoint',
    summary: 'The newest signed checkpoint, with the cosignatures of witnesses',
    description:
      'The newest that enough witnesses cosigned; the newest of all where there are no witnesses or they are late. Keep it: any later checkpoint must be consistent with it. A log without entries has none yet.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'C2SP tlog-checkpoint as a signed note (Ed25519).',
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example:
          'gatehouse.example/log\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— gatehouse.example/log Az3grl…\n',
      },
    },
  })
  @Problems('NOT_FOUND', 'STORE_UNAVAILABLE')
  async checkpoint(): Promise<string> {
    const shown = await stored(this.reader.published(this.settings.witnessQuorum, this.clock.now()));
    if (!shown) throw new Problem('NOT_FOUND');
    return shown.note;
  }

  @Get('keys')
  @Allow('public')
  @ApiOperation({
    operationId: 'getLogKeys',
    summary: 'The public keys that verify checkpoints and receipts',
    description: 'Obtain them once over a channel that you trust, and keep them.',
  })
  @ApiOkResponse({ type: LogKeysAnswer, description: 'Public keys.' })
  getKeys(): LogKeysAnswer {
    const { kid, publicKey } = this.keys.receipt;
    return {
      checkpoint: this.log.verifier().text,
      receipts: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA' }],
    };
  }

  @Get('entries/:index/proof')
  @Allow('system')
  @ApiOperation({
    operationId: 'getEntryProof',
    summary: 'Proof that an entry of your agency is in the log',
    description:
      'For entries in which your agency is requester or supplier. Any other looks like one that does not exist.',
  })
  @ApiParam({ name: 'index', example: 41 })
  @ApiOkResponse({ type: EntryProof, description: 'Inclusion proof against the newest checkpoint.' })
  @Problems('NOT_FOUND', 'STORE_UNAVAILABLE')
  async proof(@CurrentCaller() caller: Caller, @Param('index') index: string): Promise<EntryProof> {
    if (!/^(0|[1-9]\d{0,14})$/.test(index)) throw new Problem('NOT_FOUND');
    const found = await stored(this.reader.prove(Number(index), caller.agency));
    if (!found) throw new Problem('NOT_FOUND');
    return EntryProof.of(found);
  }
}
