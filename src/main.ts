import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter, HTTP_APPLICATION_OPTIONS } from './api-contract/index.js';
import { AppModule, type GatewayParts } from './app.module.js';
import { StartUpError } from './config/index.js';
import { NestLog } from './observability/index.js';
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
