import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { CLOCK, projectFolder, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { Connectors } from '../connectors/index.js';
import { DefinitionsModule, RegisterService } from '../definitions/definitions.module.js';
import { DisclosureLog } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { Metrics } from '../observability/index.js';
import { PermissionsService } from '../permissions/permissions.module.js';
import { StatementsService } from '../statements/statements.module.js';
import { archivePolicies, Decisions, preparePolicies, readPolicyFiles } from '../policy/index.js';
import { DisclosureBroker } from './broker-disclosure.js';
import { QueriesController } from './queries.controller.js';

/** Where policies, legal bases and purposes are read from. */
export const policiesFolder = (): string => path.join(projectFolder(), 'consent-policies');

/** Brokering, and everything that decides. A policy that does not validate stops the start-up here. */
@Module({
  imports: [DefinitionsModule],
  controllers: [QueriesController],
  providers: [
    { provide: Decisions, useFactory: () => new Decisions(preparePolicies(readPolicyFiles(policiesFolder()))) },
    {
      provide: Connectors,
      // A supplier's secret is a setting of its own name; definitions hold the name alone.
      useFactory: () => new Connectors((name) => process.env[name]),
    },
    {
      provide: DisclosureBroker,
      inject: [
        DisclosureLog,
        RegisterService,
        PermissionsService,
        StatementsService,
        Decisions,
        Connectors,
        Metrics,
        GATEWAY_KEYS,
        SETTINGS,
      ],
      useFactory: (
        log: DisclosureLog,
        registers: RegisterService,
        permissions: PermissionsService,
        statements: StatementsService,
        decisions: Decisions,
        connectors: Connectors,
        metrics: Metrics,
        keys: GatewayKeys,
        settings: Settings,
      ) =>
        new DisclosureBroker({
          log,
          registers,
          permissions,
          statements,
          decisions,
          connectors,
          metrics,
          clock: log.clock,
          keys,
          catalogue: projectLegalBases(),
          publicUrl: settings.publicUrl ?? '',
        }),
    },
  ],
})
export class ExchangeModule implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly decisions: Decisions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await archivePolicies(this.dataSource, this.decisions.policies, this.clock);
  }
}
