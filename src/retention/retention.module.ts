import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ErasuresController } from './erasures.controller.js';
import { ErasuresService } from './erasures.service.js';
import { LegalHoldsController } from './legal-holds.controller.js';
import { LegalHoldsService } from './legal-holds.service.js';
import { RetentionJob } from './retention-job.js';

export { LegalHoldsService } from './legal-holds.service.js';
export { ErasuresService } from './erasures.service.js';

/** When bodies of the log go, and what keeps them. */
@Module({
  imports: [DefinitionsModule],
  controllers: [LegalHoldsController, ErasuresController],
  providers: [LegalHoldsService, ErasuresService, RetentionJob],
  exports: [LegalHoldsService, ErasuresService],
})
export class RetentionModule {}
