import { Controller, Get, Global, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { System } from '../../src/agencies/index.js';
import { AccessModule, Allow, CurrentCaller, SYSTEM_DIRECTORY, type Caller } from '../../src/access/index.js';
import { ApiContractModule, createHttpAdapter, HTTP_APPLICATION_OPTIONS } from '../../src/api-contract/index.js';
import { CLOCK, readSettings, SETTINGS, type Clock } from '../../src/config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../../src/keys/index.js';
import { Log, NestLog, ObservabilityModule } from '../../src/observability/index.js';

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
  readonly systems: Map<string, System>;
  readonly clock: Clock;
}

/** One replica on a free port of 127.0.0.1, with a protected route at `/v1/who`. */
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

export async function startReplica(shared: SharedByReplicas, controllers: Type[] = []): Promise<Replica> {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = new Log('debug', shared.clock, { write });
  const source = await new DataSource({ type: 'postgres', url: shared.databaseUrl }).initialize();
  const provided = [
    { provide: SETTINGS, useValue: { ...readSettings({}), publicUrl: shared.publicUrl } },
    { provide: CLOCK, useValue: shared.clock },
    { provide: GATEWAY_KEYS, useValue: shared.keys },
    { provide: SYSTEM_DIRECTORY, useValue: { system: async (id: string) => shared.systems.get(id) } },
    { provide: DataSource, useValue: source },
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class SharedModule {}
  @Module({
    imports: [SharedModule, ObservabilityModule.writingTo(log), ApiContractModule, AccessModule],
    controllers: [WhoAmIController, ...controllers],
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
