export { describeError, type DescribedError, type LogFields } from './log-fields.js';
export { Log, type LogStream } from './log.js';
export {
  Metrics,
  type EvidenceBy,
  type ExchangeOutcome,
  type MissingEvidence,
  type OpenAlerts,
  type PendingReviews,
} from './metrics.js';
export { Readiness, type CheckResult, type ReadinessCheck } from './readiness.js';
export { requestContext, type RequestContext } from './request-context.js';
export { formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.js';
