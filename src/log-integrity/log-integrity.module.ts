import { Module, type OnModuleInit } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { Metrics } from '../observability/index.js';
import { TimeStampsModule } from '../time-stamps/time-stamps.module.js';
import { WitnessesModule } from '../witnesses/witnesses.module.js';
import { IntegrityAlerts } from './integrity-alerts.js';
import { IntegrityJob } from './integrity-job.js';
import { LogIntegrity } from './log-integrity.js';

export { LogIntegrity, type IntegrityStanding } from './log-integrity.js';

/** The gateway looks after its own log: verifies it, and tells of what is missing or wrong. */
@Module({
  imports: [AlertsModule, TimeStampsModule, WitnessesModule],
  providers: [LogIntegrity, IntegrityAlerts, IntegrityJob],
  exports: [LogIntegrity],
})
export class LogIntegrityModule implements OnModuleInit {
  constructor(
    private readonly integrity: LogIntegrity,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.readLastVerification(async () => (await this.integrity.verifications(1))[0]);
  }
}
