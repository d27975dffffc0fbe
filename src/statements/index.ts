export { findStatements, isAddressSuppressed, type StatementFinding } from './statement-state.js';
export type { SharingStatement } from './statement.js';
