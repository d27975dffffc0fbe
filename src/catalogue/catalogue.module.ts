import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/index.js';
import { DataServicesController } from './data-services.controller.js';

/** `GET /v1/data-services`. Needs `CLOCK`, and the access guard that establishes the caller. */
@Module({ imports: [DefinitionsModule], controllers: [DataServicesController] })
export class CatalogueModule {}
