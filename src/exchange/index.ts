export { DisclosureBroker, type Disclosure } from './broker-disclosure.js';
export { decideRequest, type DecisionParts } from './decide-request.js';
export type { DisclosureRequest } from './disclosure-request.js';
export { findAgreementsInForce } from './find-agreement-in-force.js';
export { readCandidates, simulateDecisions, type Candidates, type Simulation } from './simulate-decisions.js';
export { testDecisions, type CaseResult, type FileResult, type PolicyTestResult } from './test-decisions.js';
