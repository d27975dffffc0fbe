import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { buildOpenApi, createHttpAdapter, HTTP_APPLICATION_OPTIONS } from './api-contract/index.js';
import { AppModule, type GatewayParts } from './app.module.js';
import { readSettings, StartUpError, systemClock } from './config/index.js';
import { NestLog } from './observability/observability.module.js';
import { ApiDescription } from './operations/index.js';

/** A gateway that is serving. */
export interface Gateway {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Lets exchanges under way finish, then stops. */
  close(): Promise<void>;
}

/**
 * Makes the application without listening.
 * @throws StartUpError when it cannot start, in one sentence
 */
export async function createGateway(parts: GatewayParts): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), createHttpAdapter(), {
    ...HTTP_APPLICATION_OPTIONS,
    logger: new NestLog(parts.log),
  });
  app.get(ApiDescription).describe(app);
  return app;
}

/** The OpenAPI document of the gateway, from the code alone: nothing is connected to. */
export async function describeGateway(): Promise<OpenAPIObject> {
  const settings = readSettings({ PUBLIC_URL: 'http://127.0.0.1:8080', DATABASE_URL: 'postgres://127.0.0.1' });
  const parts = { settings, keys: {}, clock: systemClock, log: {} } as unknown as GatewayParts;
  const options = { ...HTTP_APPLICATION_OPTIONS, preview: true, logger: false } as const;
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), createHttpAdapter(), options);
  return buildOpenApi(app);
}

/**
 * Starts a gateway.
 * @throws StartUpError when it cannot start, in one sentence
 */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { host, port } = parts.settings;
  const app = await createGateway(parts);
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close().catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StartUpError(`Port ${port} on ${host} is taken: stop what uses it, or set PORT to another.`);
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new StartUpError(`The gateway cannot listen on ${host}, port ${port} (${code}): set HOST and PORT.`);
    }
    throw error;
  }
  return { url: (await app.getUrl()).replace('[::1]', 'localhost'), app, close: () => app.close() };
}
