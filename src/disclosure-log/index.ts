export { BudgetUsedUp, counterOf, periodBegan, periodEnds, type BudgetUse } from './budgets.js';
export {
  openCheckpoint,
  openNote,
  readCheckpoint,
  readVerifierKey,
  signCheckpoint,
  textOfNote,
  verifierKey,
  type Checkpoint,
  type NoteKey,
} from './tree/checkpoint.js';
export { cosign, openCosignature, type Cosignature } from './tree/cosignature.js';
export { COSIGNING_WAIT_MS, readPublishedCheckpoint, type PublishedCheckpoint } from './published-checkpoint.js';
export { commit, digestOf, openingOf, type EntryText, type Opening } from './tree/commitment.js';
export { DisclosureLog, EntryStale, LogUnavailable } from './disclosure-log.js';
export type * from './entries/entry.js';
export { readInclusionProofs } from './inclusion-proofs.js';
export { consistencyPath, EMPTY_ROOT, hashLeaf, verifyConsistency, verifyInclusion } from './tree/merkle-tree.js';
export { makeReceipt, RECEIPT_TYPE, type ReceiptClaims, type ReceiptPayload } from './receipt.js';
export type { PermissionUse } from './permission-uses.js';
export type { Recorded } from './recorded.js';
export { appendWithin } from './append-entries.js';
export { BodyEraser, type Erased, type Erasure } from './erase-bodies.js';
export type { Change, Conditions, Staleness } from './submission.js';
export type { Query } from './tree-state.js';
export { findUnresolved, findUnresolvedOf, UNRESOLVED_WITHIN, type UnresolvedExchange } from './unresolved.js';
export { BundleFolderNotEmpty, exportLog } from './verification/export-log.js';
export type { Finding, FindingKind } from './verification/finding.js';
export { verifyAside } from './verification/verify-aside.js';
export type { VerificationOrder, VerifiedAside } from './verification/verify-worker.js';
export type { EntriesVerification, VerifiedEntry } from './verification/verify-entries.js';
export { verifyBundle, verifyLog, type Progress, type Verification } from './verification/verify-log.js';
