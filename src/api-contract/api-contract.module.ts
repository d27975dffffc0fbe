import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ProblemFilter } from './problem-filter.js';

/** Answers every error as a problem of the catalogue. Needs `ObservabilityModule`. */
@Module({ providers: [{ provide: APP_FILTER, useClass: ProblemFilter }] })
export class ApiContractModule {}
