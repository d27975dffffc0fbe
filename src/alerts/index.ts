export * from './alert.js';
export type { AlertToJudge, ExchangeToJudge, RecentExchange, RecentHistory } from './judge-alert.js';
export { isIncidentReference, REFERENCE_RULE } from './incident-reference.js';
export { closeOperatorAlert, readOperatorAlerts } from './operator-alerts.js';
