import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/index.js';
import { Metrics, Readiness } from '../observability/index.js';

const EXAMPLE = `# HELP gatehouse_exchanges_total Exchanges ended
# TYPE gatehouse_exchanges_total counter
gatehouse_exchanges_total{pattern="query",outcome="released"} 1742
`;

/** For Prometheus. Counts only: no label holds anything of a person. Keep it off the public network all the same. */
@ApiTags('Operations')
@Controller('metrics')
@Allow('public')
export class MetricsController {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Measurements for Prometheus',
    description:
      'Requests, exchanges, suppliers and the disclosure log in counts and durations, in the text format 0.0.4.',
  })
  @ApiResponse({
    status: 200,
    description: 'The measurements of this replica since it started.',
    content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  read(): Promise<string> {
    this.metrics.ready(this.readiness.check().ready);
    return this.metrics.exposition();
  }
}
