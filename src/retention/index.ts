export { eraseDue, type EraseDueOptions, type ErasedDue } from './erase-due.js';
export { ErasuresService } from './erasures.service.js';
export type { ErasureOrder } from './erasure-order.js';
export { LegalHoldsService } from './legal-holds.service.js';
export type { LegalHold } from './legal-hold.js';
export { RetentionModule } from './retention.module.js';
