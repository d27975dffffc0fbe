export { readExportSearch, type ExportSearch } from './export-search.js';
export { RECENT_WITHIN } from './recent-exports.js';
