import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { DataServicesController } from './data-services.controller.js';
import { DataServiceDirectory } from './data-service-directory.js';

/** `GET /v1/data-services`. Needs `CLOCK`, and the access guard that establishes the caller. */
@Module({
  imports: [DefinitionsModule],
  controllers: [DataServicesController],
  providers: [DataServiceDirectory],
  exports: [DataServiceDirectory],
})
export class CatalogueModule {}

export { DataServiceDirectory };
export { searchDataServices } from './data-service-search.js';
