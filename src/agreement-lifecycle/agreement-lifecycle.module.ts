import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SETTINGS, type Settings } from '../config/index.js';
import { makeDefinitionRules } from '../definitions/index.js';
import { DefinitionsModule, RegisterService } from '../definitions/definitions.module.js';
import { DisclosureLog } from '../disclosure-log/index.js';
import { AgencyKeys } from '../keys/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { AgreementLifecycle } from './agreement-lifecycle.service.js';
import { AgreementsController } from './agreements.controller.js';

/** The life of agreements. Needs the `DataSource`, the disclosure log and `SETTINGS` from global modules. */
@Module({
  imports: [DefinitionsModule],
  controllers: [AgreementsController],
  providers: [
    {
      provide: AgreementLifecycle,
      inject: [DataSource, DisclosureLog, RegisterService, SETTINGS],
      useFactory: (dataSource: DataSource, log: DisclosureLog, registers: RegisterService, settings: Settings) =>
        new AgreementLifecycle({
          dataSource,
          log,
          registers,
          rules: makeDefinitionRules(projectLegalBases()),
          agencyKeys: new AgencyKeys(settings.keysFolder),
        }),
    },
  ],
  exports: [AgreementLifecycle],
})
export class AgreementLifecycleModule {}
