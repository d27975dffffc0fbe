import { Module, type OnModuleInit } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { Metrics } from '../observability/index.js';
import { AlertDeliveries } from './alert-deliveries.js';
import { AlertDetection } from './alert-detection.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsJob } from './alerts-job.js';
import { AlertsService } from './alerts.service.js';

export { AlertsService, type AlertSearch } from './alerts.service.js';
export { AlertDetection } from './alert-detection.js';
export { AlertDeliveries } from './alert-deliveries.js';

/** Alerts: found, sent, and dealt with by officers. */
@Module({
  imports: [DefinitionsModule],
  controllers: [AlertsController],
  providers: [AlertsService, AlertDetection, AlertDeliveries, AlertsJob],
  exports: [AlertsService],
})
export class AlertsModule implements OnModuleInit {
  constructor(
    private readonly alerts: AlertsService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.readAlerts(() => this.alerts.countOpen());
  }
}
