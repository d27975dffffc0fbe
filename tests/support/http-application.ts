import { Global, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdmissionModule } from '../../src/admission/index.js';
import { ApiContractModule, createHttpAdapter, HTTP_APPLICATION_OPTIONS } from '../../src/api-contract/index.js';
import { CLOCK, readSettings, SETTINGS } from '../../src/config/index.js';
import { Log } from '../../src/observability/index.js';
import { NestLog, ObservabilityModule } from '../../src/observability/observability.module.js';
import { ApiDescription } from '../../src/operations/index.js';
import { OperationsModule } from '../../src/operations/operations.module.js';

/** The instant at which a test application lives. */
export const NOW = new Date('2026-11-22T09:30:00.000Z');

/** An application with the gateway's own HTTP set-up and a test's controllers, on a free port of 127.0.0.1. */
export interface HttpApplication {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** The log lines so far, as text. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/**
 * Does not authenticate: access rules are declared but no guard is there.
 * @param prepare Runs before the application listens.
 */
export async function startHttpApplication(
  controllers: Type[],
  providers: NonNullable<ModuleMetadata['providers']> = [],
  prepare: (app: NestFastifyApplication) => void = () => undefined,
): Promise<HttpApplication> {
  const lines: string[] = [];
  const log = new Log('debug', { now: () => NOW }, { write: (line: string) => void lines.push(line) });
  const shared = [
    { provide: SETTINGS, useValue: readSettings({ MAX_EXCHANGES: '2', MAX_EXCHANGES_PER_SYSTEM: '1' }) },
    { provide: CLOCK, useValue: { now: () => NOW } },
  ];
  @Global()
  @Module({ providers: shared, exports: shared.map(({ provide }) => provide) })
  class SharedModule {}
  @Module({
    imports: [SharedModule, ObservabilityModule.writingTo(log), AdmissionModule, ApiContractModule, OperationsModule],
    controllers,
    providers,
  })
  class TestModule {}
  const app = await NestFactory.create<NestFastifyApplication>(TestModule, createHttpAdapter(), {
    ...HTTP_APPLICATION_OPTIONS,
    logger: new NestLog(log),
  });
  app.get(ApiDescription).describe(app);
  prepare(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: (await app.getUrl()).replace(/\/$/, ''), lines, close: () => app.close() };
}
