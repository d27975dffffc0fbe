import { Module } from '@nestjs/common';
import { ExplanationsController } from './explanations.controller.js';
import { ExplanationsService } from './explanations.service.js';

export { ExplanationsService } from './explanations.service.js';
export { Explanation } from './explanation.js';

/** Explanations of exchanges, for officers. */
@Module({ controllers: [ExplanationsController], providers: [ExplanationsService], exports: [ExplanationsService] })
export class ExplanationsModule {}
