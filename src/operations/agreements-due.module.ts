import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { AgreementsDue } from './agreements-due.js';

export { AgreementsDue } from './agreements-due.js';

/** Warnings of agreements that are due. Needs `ObservabilityModule`, the clock and the register. */
@Module({ imports: [DefinitionsModule], providers: [AgreementsDue] })
export class AgreementsDueModule {}
