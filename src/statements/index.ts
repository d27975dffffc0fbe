export { findStatements, isAddressSuppressed, type StatementFinding } from './statement-state.js';
export type { SharingStatement } from './statement.js';
export { StatementsModule } from './statements.module.js';
export { StatementsService, type StatementsRead } from './statements.service.js';
