import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ExplanationsModule } from '../explanations/explanations.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { StatementsModule } from '../statements/statements.module.js';
import { DisclosureProjection } from './disclosure-projection.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DisclosuresOverTime } from './disclosures-over-time.js';
import { DisclosuresService } from './disclosures.service.js';
import { PersonIndex } from './person-index.js';
import { SubjectAccessReportsController } from './subject-access-reports.controller.js';
import { SubjectAccessReportsService } from './subject-access-reports.service.js';

export { SubjectAccessReportsService } from './subject-access-reports.service.js';
export {
  COUNTED_WEEKS,
  DisclosuresOverTime,
  type DisclosuresByWeek,
  type WeeklyCounts,
} from './disclosures-over-time.js';
export { DisclosuresService } from './disclosures.service.js';
export { DisclosureProjection } from './disclosure-projection.js';

/** What officers search of the disclosure log, and what persons are told of it. */
@Module({
  imports: [DefinitionsModule, ExplanationsModule, PermissionsModule, StatementsModule],
  controllers: [DisclosuresController, SubjectAccessReportsController],
  providers: [DisclosureProjection, DisclosuresOverTime, DisclosuresService, PersonIndex, SubjectAccessReportsService],
  exports: [DisclosuresOverTime, DisclosuresService, SubjectAccessReportsService],
})
export class DisclosuresModule {}
