export { capacityRule, type CapacityFinding, type CapacityStatement } from './capacity-statement.js';
export type { ConsentRecord } from './consent-record.js';
export { PermissionEntity } from './permission.entity.js';
export { findPermission, type PermissionFinding, type PermissionNeed, type RelyingOn } from './permission-state.js';
export type { ToldPermission } from './told-permission.js';
export type { MemberOfStaff, Permission } from './permission.js';
export { CapacityStatementBody, StaffBody } from './permission-body.js';
export { fromStore, Recording, withDeadline, type PermissionCaller } from './recording.js';
export { knownId } from './known-id.js';
