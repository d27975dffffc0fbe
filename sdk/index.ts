export {
  GatehouseClient,
  type CallOptions,
  type CreateOptions,
  type DataServicePage,
  type DataServiceSearch,
  type EntryProof,
  type GatehouseOptions,
  type Permission,
  type PermissionReceipt,
  type PermissionToRecord,
  type Query,
  type QueryAnswer,
} from './client.js';
export {
  GatehouseProblem,
  GatehouseUnreachable,
  TokenRefused,
  type ProblemCode,
  type UnreachableReason,
} from './errors.js';
export type { PrivateKey, SendRequest } from './session.js';
export { verifyExport, type ExportHeading, type ExportVerification } from './verify-export.js';
export {
  verifyPermissionReceipt,
  verifyReceipt,
  type DecisionNotToShareClaims,
  type ExchangeClaims,
  type LogKeys,
  type ReceiptCheck,
  type ReceiptClaims,
  type RefutedReceipt,
  type VerifiedPermissionReceipt,
  type VerifiedReceipt,
} from './verify-receipt.js';
export type { components, operations, paths } from './generated/gatehouse.js';
