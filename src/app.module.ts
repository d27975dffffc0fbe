import { Global, Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, CLIENT_DIRECTORY, type ClientDirectory } from './access/index.js';
import { AdmissionModule } from './admission/index.js';
import { AgreementLifecycleModule } from './agreement-lifecycle/index.js';
import { AlertsModule } from './alerts/index.js';
import { ApiContractModule } from './api-contract/index.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from './config/index.js';
import { ConsoleModule } from './console/index.js';
import { DatabaseModule } from './database/index.js';
import { DecisionsNotToShareModule } from './decisions-not-to-share/index.js';
import { DefinitionsModule, RegisterService } from './definitions/index.js';
import { DisclosureLogModule } from './disclosure-log/index.js';
import { DisclosuresModule } from './disclosures/index.js';
import { ExchangeModule } from './exchange/index.js';
import { ExplanationsModule } from './explanations/index.js';
import { ExportsModule } from './exports/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from './keys/index.js';
import { LogIntegrityModule } from './log-integrity/index.js';
import { ObservabilityModule, type Log } from './observability/index.js';
import { AgreementsDueModule, OperationsModule } from './operations/index.js';
import { OverrideReviewsModule } from './override-reviews/index.js';
import { PermissionEntity, PermissionsModule } from './permissions/index.js';
import { RetentionModule } from './retention/index.js';
import { StatementsModule } from './statements/index.js';
import { TimeStampsModule } from './time-stamps/index.js';
import { WithdrawalNoticesModule } from './withdrawal-notices/index.js';
import { WitnessesModule } from './witnesses/index.js';

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
