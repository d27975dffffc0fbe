import { Controller, Get, Global, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import {
  AccessModule,
  Allow,
  CLIENT_DIRECTORY,
  CurrentCaller,
  CurrentOfficer,
  CurrentSystemOrOfficer,
  type Caller,
  type CallingOfficer,
  type RegisteredClient,
} from '../../src/access/index.js';
import { ApiContractModule, createHttpAdapter, HTTP_APPLICATION_OPTIONS } from '../../src/api-contract/index.js';
import { CLOCK, readSettings, SETTINGS, type Clock } from '../../src/config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../../src/keys/index.js';
import { Log } from '../../src/observability/index.js';
import { NestLog, ObservabilityModule } from '../../src/observability/observability.module.js';

/** The machine's time, moved by a test. The authorization server reads the machine's clock, so a fixed one would not do. */
export class MovableClock implements Clock {
  aheadSeconds = 0;
  now(): Date {
    return new Date(Date.now() + this.aheadSeconds * 1000);
  }
}

/** What the replicas of one gateway share. */
export interface SharedByReplicas {
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly keys: GatewayKeys;
  readonly clients: Map<string, RegisteredClient>;
  readonly clock: Clock;
}

/** One replica on a free port of 127.0.0.1, with protected routes: `/v1/who`, `/v1/officers`, `/v1/reviewers`. */
export interface Replica {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** The log lines so far. */
  readonly lines: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

@Controller('v1')
@Allow('system')
class WhoAmIController {
  @Get('who')
  get(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }
  @Post('who')
  post(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }
  @Get('open')
  @Allow('public')
  open(): { open: boolean } {
    return { open: true };
  }
}

@Controller('v1')
@Allow('officer')
class OfficersController {
  @Get('officers')
  any(@CurrentOfficer() officer: CallingOfficer): CallingOfficer {
    return officer;
  }
  @Get('reviewers')
  @Allow({ officer: ['reviewer', 'oversight'] })
  reviewers(@CurrentOfficer() officer: CallingOfficer): CallingOfficer {
    return officer;
  }
  @Get('either')
  @Allow({ system: true, officer: ['reviewer'] })
  either(@CurrentSystemOrOfficer() caller: Caller | CallingOfficer): Caller | CallingOfficer {
    return caller;
  }
  @Get('mistaken')
  mistaken(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }
}

export async function startReplica(shared: SharedByReplicas, controllers: Type[] = []): Promise<Replica> {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = new Log('debug', shared.clock, { write });
  const source = await new DataSource({ type: 'postgres', url: shared.databaseUrl }).initialize();
  const provided = [
    { provide: SETTINGS, useValue: { ...readSettings({}), publicUrl: shared.publicUrl } },
    { provide: CLOCK, useValue: shared.clock },
    { provide: GATEWAY_KEYS, useValue: shared.keys },
    { provide: CLIENT_DIRECTORY, useValue: { client: async (id: string) => shared.clients.get(id) } },
    { provide: DataSource, useValue: source },
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class SharedModule {}
  @Module({
    imports: [SharedModule, ObservabilityModule.writingTo(log), ApiContractModule, AccessModule],
    controllers: [WhoAmIController, OfficersController, ...controllers],
  })
  class ReplicaModule {}
  let app: NestFastifyApplication | undefined;
  try {
    app = await NestFactory.create<NestFastifyApplication>(ReplicaModule, createHttpAdapter(), {
      ...HTTP_APPLICATION_OPTIONS,
      logger: new NestLog(log),
    });
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app?.close();
    await source.destroy();
    throw error;
  }
  const started = app;
  return {
    app: started,
    url: (await started.getUrl()).replace(/\/$/, ''),
    lines,
    async close() {
      await started.close();
      await source.destroy();
    },
  };
}
