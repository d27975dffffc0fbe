import { Global, Module } from '@nestjs/common';
import { STATEMENT_CONTROLLERS } from './statements.controller.js';
import { StatementsService } from './statements.service.js';

export { StatementsService, type StatementsRead } from './statements.service.js';

/** Statements about sharing that are no permissions. */
@Global()
@Module({ controllers: STATEMENT_CONTROLLERS, providers: [StatementsService], exports: [StatementsService] })
export class StatementsModule {}
