export * from './agreement.js';
export * from './agreement-state.js';
export * from './canonical-agreement.js';
export * from './case-reference.js';
export * from './lint-agreement.js';
export type * from './lint-finding.js';
export * from './sign-agreement.js';
export * from './verify-signatures.js';
