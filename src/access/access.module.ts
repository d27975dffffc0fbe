import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Provider } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { CLOCK, SETTINGS, StartUpError, type Clock, type Settings } from '../config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { Log, Metrics } from '../observability/index.js';
import { AccessStore } from './access-store.js';
import { AccessTokens } from './access-token.js';
import { AccessGuard } from './access.guard.js';
import { CallerAuthenticator } from './authenticate-caller.js';
import { AuthorizationRecords } from './authorization-records.js';
import { makeAuthorizationServer } from './authorization-server.js';
import { DpopStrategy } from './dpop.strategy.js';
import { ExpiredRecords } from './expired-records.js';
import { mountAuthorizationServer } from './mount-authorization-server.js';
import { ProofVerifier } from './proof-verifier.js';
import { SECURITY_LOG, WrittenSecurityLog, type SecurityLog } from './security-log.js';
import { CLIENT_DIRECTORY, type ClientDirectory } from './client-directory.js';
import { UndeclaredRoutes } from './undeclared-routes.js';
import { UsedProofs } from './used-proofs.js';

const PUBLIC_URL = Symbol('PublicUrl');

/**
 * Who is calling: serves the authorization server, guards every route, and stops the start-up at a route without a rule.
 * Needs `SETTINGS` (with a public URL), `CLOCK`, `GATEWAY_KEYS`, `CLIENT_DIRECTORY`, the `DataSource` and `ObservabilityModule`
 * from global modules, and Fastify as the HTTP adapter.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: PUBLIC_URL, useFactory: readPublicUrl, inject: [SETTINGS] },
    {
      provide: SECURITY_LOG,
      useFactory: (log: Log, metrics: Metrics) => new WrittenSecurityLog(log, metrics),
      inject: [Log, Metrics],
    },
    { provide: AccessStore, useFactory: (source: DataSource) => new AccessStore(source), inject: [DataSource] },
    {
      provide: Provider,
      useFactory: (
        publicUrl: string,
        keys: GatewayKeys,
        clients: ClientDirectory,
        store: AccessStore,
        securityLog: SecurityLog,
        log: Log,
      ) =>
        makeAuthorizationServer({
          publicUrl,
          keys,
          clients,
          records: new AuthorizationRecords(store),
          securityLog,
          log,
        }),
      inject: [PUBLIC_URL, GATEWAY_KEYS, CLIENT_DIRECTORY, AccessStore, SECURITY_LOG, Log],
    },
    ProofVerifier,
    {
      provide: CallerAuthenticator,
      useFactory: (
        publicUrl: string,
        clock: Clock,
        keys: GatewayKeys,
        clients: ClientDirectory,
        store: AccessStore,
        proofs: ProofVerifier,
        securityLog: SecurityLog,
      ) =>
        new CallerAuthenticator({
          publicUrl,
          clock,
          clients,
          securityLog,
          tokens: new AccessTokens(publicUrl, keys.token.publicKey, clock),
          proofs,
          usedProofs: new UsedProofs(store),
        }),
      inject: [PUBLIC_URL, CLOCK, GATEWAY_KEYS, CLIENT_DIRECTORY, AccessStore, ProofVerifier, SECURITY_LOG],
    },
    {
      provide: ExpiredRecords,
      useFactory: (store: AccessStore, clock: Clock) => new ExpiredRecords(store, clock),
      inject: [AccessStore, CLOCK],
    },
    { provide: APP_GUARD, useClass: AccessGuard },
    DpopStrategy,
    UndeclaredRoutes,
  ],
  exports: [SECURITY_LOG, CallerAuthenticator],
})
export class AccessModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly provider: Provider,
    private readonly expired: ExpiredRecords,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {}

  onModuleInit(): void {
    // Absent when only services are made, as a command of the command line does.
    const adapter = this.http.httpAdapter as FastifyAdapter | undefined;
    if (!adapter) return;
    mountAuthorizationServer(adapter.getInstance<FastifyInstance>(), this.provider, this.publicUrl);
    this.expired.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.expired.stop();
  }
}

function readPublicUrl(settings: Settings): string {
  if (!settings.publicUrl) throw new StartUpError('PUBLIC_URL is needed: tokens are issued by it and for it.');
  return settings.publicUrl;
}
