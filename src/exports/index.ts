export { DecisionForms } from './decision-forms.service.js';
export { readExportSearch, type ExportSearch } from './export-search.js';
export { ExportsModule } from './exports.module.js';
export { BUNDLE_SIZE, ExportsService, type ExportForm, type OpenExport, type StreamedForm } from './exports.service.js';
export { RECENT_WITHIN } from './recent-exports.js';
