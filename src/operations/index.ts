export { ApiDescription } from './api-description.js';
export { readErrorEntries, undocumentedCodes, type ErrorEntry } from './error-entries.js';
