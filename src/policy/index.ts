export { decideDisclosure, goesByOverride, type Decision, type ItemDecision } from './decide-disclosure.js';
export { Decisions, type MadeDecision } from './decisions.js';
export {
  DecisionArchive,
  wordDecision,
  type DecidedAgain,
  type Query,
  type WordedDecision,
} from './decision-archive.js';
export type * from './facts.js';
export { archivePolicies } from './policy-archive.js';
export { preparePolicies, readPolicyFiles, type PolicyFiles, type PolicySet } from './policy-set.js';
export { REASON_CODES, type ReasonCode } from './reason-codes.js';
export {
  replayDecisions,
  type Difference,
  type Replay,
  type ReplayOptions,
  type RestatedFacts,
} from './replay-decisions.js';
