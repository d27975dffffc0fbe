import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiProperty, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/index.js';
import { Problem, Problems } from '../api-contract/index.js';
import { LogReader } from './read-log.js';
import { stored } from './stored.js';
import { isFull, readTilePath } from './tree/tile.js';

/** A full tile never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** A partial one is superseded as the log grows, within seconds. */
const FOR_SECONDS = 'public, max-age=10';

class ConsistencyAnswer {
  @ApiProperty({ example: 40 })
  from!: number;

  @ApiProperty({ example: 42 })
  to!: number;

  @ApiProperty({
    example: ['1jJrYI3G9b0mXvQqf8sJt1pYx1O0Jb2k3ZcT5yHq8rU='],
    description: 'Base64 (RFC 6962 section 2.1.2). Empty when `from` is 0 or `to`.',
  })
  consistencyProof!: string[];
}

/**
 * The hash tree, for everyone: whoever keeps a checkpoint can find out with nothing else whether the log still begins with
 * what it began with. The hashes are of salted commitments, so they tell nothing of any entry; entries are not given out.
 */
@ApiTags('Disclosure log')
@Controller('v1/log')
@Allow('public')
export class TreeController {
  constructor(private readonly reader: LogReader) {}

  @Get('consistency-proof')
  @ApiOperation({
    operationId: 'getConsistencyProof',
    summary: 'Proof that the log of one size begins with the log of a smaller one',
    description: 'Hold it against the roots of two checkpoints that the log signed: nothing was changed in between.',
  })
  @ApiQuery({
    name: 'from',
    schema: { type: 'integer', minimum: 0, example: 40 },
    description: 'Size of the smaller tree.',
  })
  @ApiQuery({
    name: 'to',
    required: false,
    schema: { type: 'integer', minimum: 0, example: 42 },
    description: 'Size of the larger tree, at most that of the newest checkpoint, which it is unless given.',
  })
  @ApiOkResponse({ type: ConsistencyAnswer, description: 'Consistency proof (RFC 9162 section 2.1.4).' })
  @Problems('NOT_FOUND', 'REQUEST_INVALID', 'STORE_UNAVAILABLE')
  async consistency(@Query() query: Record<string, unknown>): Promise<ConsistencyAnswer> {
    const { from, to } = readSizes(query);
    const found = await stored(this.reader.proveConsistency(from, to));
    if (!found) throw new Problem('NOT_FOUND');
    return { from: found.from, to: found.to, consistencyProof: found.proof.map((hash) => hash.toString('base64')) };
  }

  @Get('tile/*')
  @ApiOperation({
    operationId: 'getTile',
    summary: 'A tile of the hash tree',
    description:
      'C2SP tlog-tiles: `tile/<L>/<N>`, or `tile/<L>/<N>.p/<W>` for the first W hashes of a tile, with N in groups of ' +
      'three digits (`x001/x234/067`). Tiles that a signed checkpoint covers. There are no entry bundles (`tile/entries`).',
  })
  @ApiParam({ name: 'path', schema: { type: 'string', example: '0/000.p/42' } })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({
    description: 'Up to 256 hashes of 32 bytes, one after the other.',
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' }, example: '(binary)' } },
  })
  @Problems('NOT_FOUND', 'STORE_UNAVAILABLE')
  async tile(@Param() params: Record<string, string>, @Res() reply: FastifyReply): Promise<void> {
    const tile = readTilePath(params['*'] ?? '');
    const hashes = tile && (await stored(this.reader.tile(tile)));
    if (!hashes) throw new Problem('NOT_FOUND');
    await reply
      .type('application/octet-stream')
      .header('cache-control', isFull(tile) ? FOR_EVER : FOR_SECONDS)
      .send(hashes);
  }
}

/** @throws Problem `REQUEST_INVALID` naming each member that is missing, unknown, given twice or no size */
function readSizes(query: Readonly<Record<string, unknown>>): { from: number; to: number | undefined } {
  const sizeOf = (value: unknown): number =>
    typeof value === 'string' && /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : NaN;
  const from = sizeOf(query['from']);
  const to = query['to'] === undefined ? undefined : sizeOf(query['to']);
  const wrong = [
    ...Object.keys(query).filter((name) => name !== 'from' && name !== 'to'),
    ...(Number.isNaN(from) ? ['from'] : []),
    ...(to !== undefined && !(to >= from) ? ['to'] : []),
  ];
  if (wrong.length === 0) return { from, to };
  throw new Problem('REQUEST_INVALID', {
    detail: 'The query takes from and to, each once: whole numbers, to no less than from.',
    pointers: wrong.map((name) => `/${name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`),
  });
}
