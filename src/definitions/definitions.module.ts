import { Module } from '@nestjs/common';
import { RegisterService } from './register.service.js';

export { REGISTER_REPORTER, type RegisterReporter, RegisterService } from './register.service.js';

/** The register. Needs TypeORM's `DataSource`; takes a `REGISTER_REPORTER` if there is one. */
@Module({ providers: [RegisterService], exports: [RegisterService] })
export class DefinitionsModule {}
