import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { DecisionFormsController } from './decision-forms.controller.js';
import { DecisionForms } from './decision-forms.service.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';

export { BUNDLE_SIZE, ExportsService, type ExportForm, type OpenExport, type StreamedForm } from './exports.service.js';
export { DecisionForms } from './decision-forms.service.js';

/** What officers take out of the log. */
@Module({
  imports: [DefinitionsModule],
  controllers: [ExportsController, DecisionFormsController],
  providers: [ExportsService, DecisionForms],
  exports: [ExportsService, DecisionForms],
})
export class ExportsModule {}
