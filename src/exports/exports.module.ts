import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/index.js';
import { DecisionFormsController } from './decision-forms.controller.js';
import { DecisionForms } from './decision-forms.service.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';

/** What officers take out of the log. */
@Module({
  imports: [DefinitionsModule],
  controllers: [ExportsController, DecisionFormsController],
  providers: [ExportsService, DecisionForms],
  exports: [ExportsService, DecisionForms],
})
export class ExportsModule {}
