export { ApiDescription } from './api-description.js';
export { readErrorEntries, undocumentedCodes, type ErrorEntry } from './error-entries.js';
export { OperationsModule } from './operations.module.js';
export { AgreementsDueModule } from './agreements-due.module.js';
export { AgreementsDue } from './agreements-due.js';
