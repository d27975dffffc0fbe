import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/index.js';
import { ExplanationsModule } from '../explanations/index.js';
import { PermissionsModule } from '../permissions/index.js';
import { StatementsModule } from '../statements/index.js';
import { DisclosureProjection } from './disclosure-projection.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DisclosuresOverTime } from './disclosures-over-time.js';
import { DisclosuresService } from './disclosures.service.js';
import { PersonIndex } from './person-index.js';
import { SubjectAccessReportsController } from './subject-access-reports.controller.js';
import { SubjectAccessReportsService } from './subject-access-reports.service.js';

/** What officers search of the disclosure log, and what persons are told of it. */
@Module({
  imports: [DefinitionsModule, ExplanationsModule, PermissionsModule, StatementsModule],
  controllers: [DisclosuresController, SubjectAccessReportsController],
  providers: [DisclosureProjection, DisclosuresOverTime, DisclosuresService, PersonIndex, SubjectAccessReportsService],
  exports: [DisclosuresOverTime, DisclosuresService, SubjectAccessReportsService],
})
export class DisclosuresModule {}
