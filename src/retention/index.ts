export { eraseDue, type EraseDueOptions, type ErasedDue } from './erase-due.js';
export type { ErasureOrder } from './erasure-order.js';
export type { LegalHold } from './legal-hold.js';
