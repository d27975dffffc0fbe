import { Global, Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/index.js';
import { Log, Readiness } from '../observability/index.js';
import { Admission } from './admission.js';

/** How long a stopping gateway waits for exchanges under way, milliseconds: a supplier's longest deadline and a little more. */
export const DRAIN_DEADLINE_MS = 35_000;

/**
 * Provides {@link Admission} everywhere, and drains it when the gateway stops: not ready, begins nothing, lets exchanges
 * finish. What exchanges need (database, connectors) MUST be closed in `onApplicationShutdown`, which comes after.
 */
@Global()
@Module({
  providers: [{ provide: Admission, inject: [SETTINGS], useFactory: (settings: Settings) => new Admission(settings) }],
  exports: [Admission],
})
export class AdmissionModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    @Inject(Admission) private readonly admission: Admission,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Log) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.readiness.register('admission', () =>
      this.admission.stopping ? { ok: false, reason: 'The gateway is stopping.' } : { ok: true },
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.admission.stop();
    const count = this.admission.underWay;
    const idle = await this.admission.whenIdle(DRAIN_DEADLINE_MS);
    if (idle) this.log.info('exchanges-finished', { count });
    else this.log.error('exchanges-abandoned', { count: this.admission.underWay });
  }
}
