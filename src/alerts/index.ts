export * from './alert.js';
export type { AlertToJudge, ExchangeToJudge, RecentExchange, RecentHistory } from './judge-alert.js';
export { AlertDeliveries } from './alert-deliveries.js';
export { AlertDetection } from './alert-detection.js';
export { AlertsModule } from './alerts.module.js';
export { AlertsService, type AlertSearch } from './alerts.service.js';
export { isIncidentReference, REFERENCE_RULE } from './incident-reference.js';
export { closeOperatorAlert, readOperatorAlerts } from './operator-alerts.js';
