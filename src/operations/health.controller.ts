import { Controller, Get, HttpStatus, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/index.js';
import { Metrics, Readiness } from '../observability/index.js';

const CHECK = {
  type: 'object',
  required: ['name', 'ok'],
  properties: { name: { type: 'string' }, ok: { type: 'boolean' }, reason: { type: 'string' } },
};
const HEALTH = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'string', enum: ['live', 'ready', 'not-ready'] },
    checks: { type: 'array', items: CHECK },
  },
};
const answer = (status: number, description: string, example: unknown): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/json': { schema: HEALTH, example } } });

/** For load balancers and orchestrators. Asks nothing of anyone and waits for nothing, so it answers under any load. */
@ApiTags('Operations')
@Controller('health')
@Allow('public')
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('live')
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Whether the process runs',
    description: 'Answers 200 for as long as the process can answer at all. When it does not, start the process again.',
  })
  @answer(200, 'The process runs.', { status: 'live' })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether exchanges should be sent here',
    description:
      'Lists what the replica needs, and for each thing that it lacks the reason. Do not send exchanges on a 503.',
  })
  @answer(200, 'Exchanges can be sent here.', { status: 'ready', checks: [{ name: 'disclosure-log', ok: true }] })
  @answer(503, 'Exchanges cannot be served here now.', {
    status: 'not-ready',
    checks: [{ name: 'disclosure-log', ok: false, reason: 'The disclosure log cannot be written.' }],
  })
  ready(@Res({ passthrough: true }) reply: FastifyReply): object {
    const { ready, checks } = this.readiness.check();
    this.metrics.ready(ready);
    reply.code(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return { status: ready ? 'ready' : 'not-ready', checks };
  }
}
