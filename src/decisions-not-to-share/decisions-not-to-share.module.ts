import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { DecisionsNotToShareController } from './decisions-not-to-share.controller.js';
import { DecisionsNotToShareService } from './decisions-not-to-share.service.js';

/** `POST /v1/decisions-not-to-share`. */
@Module({
  imports: [DefinitionsModule],
  controllers: [DecisionsNotToShareController],
  providers: [DecisionsNotToShareService],
})
export class DecisionsNotToShareModule {}
