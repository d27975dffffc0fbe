import { Global, Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { logRequests } from './access-log.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

export { NestLog } from './nest-log.js';

/** Provides {@link Log}, {@link Metrics} and {@link Readiness} everywhere, and observes each request. */
@Global()
@Module({ providers: [Metrics, Readiness], exports: [Metrics, Readiness] })
export class ObservabilityModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(Log) private readonly log: Log,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** @param log Made by whoever starts the process, so that it can also be given to NestJS and outlive the application. */
  static writingTo(log: Log): DynamicModule {
    return { module: ObservabilityModule, providers: [{ provide: Log, useValue: log }], exports: [Log] };
  }

  onModuleInit(): void {
    // Absent when only services are made, as a command of the command line does.
    const adapter = this.host.httpAdapter as FastifyAdapter | undefined;
    if (adapter) logRequests(adapter.getInstance(), this.log, this.metrics);
  }
}
