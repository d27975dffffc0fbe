import { createRequire } from 'node:module';
import path from 'node:path';
import { fastifyStatic } from '@fastify/static';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiDescription } from './api-description.js';
import { ApiReferenceController } from './api-reference.controller.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

/**
 * The public routes for operators and integrators: health, metrics, OpenAPI document, reference pages. Needs
 * `ObservabilityModule`; `ApiDescription.describe(app)` MUST be called before the application listens.
 */
@Module({
  controllers: [HealthController, MetricsController, ApiReferenceController],
  providers: [ApiDescription],
  exports: [ApiDescription],
})
export class OperationsModule implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    const root = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    // Only `reply.sendFile`: the plugin serves no route of its own, so every file is behind an access rule.
    void this.host.httpAdapter.getInstance().register(fastifyStatic, { root, serve: false, cacheControl: false });
  }
}
