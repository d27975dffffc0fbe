export { DisclosureBroker, type Disclosure } from './broker-disclosure.js';
export { ExchangeModule, policiesFolder } from './exchange.module.js';
export { testDecisions, type CaseResult, type FileResult, type PolicyTestResult } from './test-decisions.js';
