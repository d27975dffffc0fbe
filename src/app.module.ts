import { Global, Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, CLIENT_DIRECTORY, type ClientDirectory } from './access/index.js';
import { AdmissionModule } from './admission/index.js';
import { AgreementLifecycleModule } from './agreement-lifecycle/agreement-lifecycle.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { ApiContractModule } from './api-contract/index.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from './config/index.js';
import { ConsoleModule } from './console/console.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DecisionsNotToShareModule } from './decisions-not-to-share/decisions-not-to-share.module.js';
import { DefinitionsModule, RegisterService } from './definitions/definitions.module.js';
import { DisclosureLogModule } from './disclosure-log/disclosure-log.module.js';
import { DisclosuresModule } from './disclosures/disclosures.module.js';
import { ExchangeModule } from './exchange/exchange.module.js';
import { ExplanationsModule } from './explanations/explanations.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from './keys/index.js';
import { LogIntegrityModule } from './log-integrity/log-integrity.module.js';
import type { Log } from './observability/index.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { AgreementsDueModule } from './operations/agreements-due.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { OverrideReviewsModule } from './override-reviews/override-reviews.module.js';
import { PermissionEntity } from './permissions/index.js';
import { PermissionsModule } from './permissions/permissions.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { StatementsModule } from './statements/statements.module.js';
import { TimeStampsModule } from './time-stamps/time-stamps.module.js';
import { WithdrawalNoticesModule } from './withdrawal-notices/withdrawal-notices.module.js';
import { WitnessesModule } from './witnesses/witnesses.module.js';

/** What a gateway is made of, beyond its code. */
export interface GatewayParts {
  readonly settings: Settings & { readonly databaseUrl: string; readonly publicUrl: string };
  readonly keys: GatewayKeys;
  readonly clock: Clock;
  readonly log: Log;
}

/** What every module may ask for. */
@Global()
@Module({})
class PartsModule {
  static of({ settings, keys, clock }: GatewayParts): DynamicModule {
    const providers = [
      { provide: SETTINGS, useValue: settings },
      { provide: CLOCK, useValue: clock },
      { provide: GATEWAY_KEYS, useValue: keys },
    ];
    return { module: PartsModule, providers, exports: providers };
  }
}

/** Binds access to the register: who is registered is what was applied, as of at most a second ago. */
@Global()
@Module({
  imports: [DefinitionsModule],
  providers: [
    {
      provide: CLIENT_DIRECTORY,
      inject: [RegisterService],
      useFactory: (registers: RegisterService): ClientDirectory => ({
        client: async (id) => registers.current().system(id) ?? registers.current().officer(id),
      }),
    },
  ],
  exports: [CLIENT_DIRECTORY],
})
class DirectoryModule {}

/** The gateway. */
@Module({})
export class AppModule {
  static of(parts: GatewayParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PartsModule.of(parts),
        ObservabilityModule.writingTo(parts.log),
        ApiContractModule,
        DatabaseModule.connect(parts.settings.databaseUrl, [PermissionEntity]),
        DirectoryModule,
        AccessModule,
        AdmissionModule,
        DisclosureLogModule,
        WitnessesModule,
        TimeStampsModule,
        PermissionsModule,
        StatementsModule,
        WithdrawalNoticesModule,
        CatalogueModule,
        AgreementLifecycleModule,
        ExchangeModule,
        OverrideReviewsModule,
        ExplanationsModule,
        DecisionsNotToShareModule,
        ExportsModule,
        AlertsModule,
        LogIntegrityModule,
        RetentionModule,
        DisclosuresModule,
        OperationsModule,
        ConsoleModule,
        AgreementsDueModule,
      ],
    };
  }
}
