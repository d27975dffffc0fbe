import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import type { DataServiceView } from './data-service-view.js';
import { knownDataServices } from './known-data-services.js';

/** The directory of who holds what, for each agency as far as it may know of it. */
@Injectable()
export class DataServiceDirectory {
  constructor(
    private readonly registers: RegisterService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ordered by id; see `knownDataServices`. */
  knownTo(agency: string): DataServiceView[] {
    return knownDataServices(this.registers.current(), agency, this.clock.now().toISOString().slice(0, 10));
  }
}
