export { capacityRule, type CapacityFinding, type CapacityStatement } from './capacity-statement.js';
export type { ConsentRecord } from './consent-record.js';
export { PermissionEntity } from './permission.entity.js';
export { findPermission, type PermissionFinding, type PermissionNeed, type RelyingOn } from './permission-state.js';
export type { Permission } from './permission.js';
export { PermissionsModule } from './permissions.module.js';
export { PermissionsService } from './permissions.service.js';
