export type { DisclosureAnswer, DisclosurePage, DisclosureSummary, PersonDisclosurePage } from './disclosure-answer.js';
export { MOST_COUNTED } from './find-disclosures.js';
export {
  DEFAULT_PER_PAGE,
  FILTERS,
  placeOf,
  readDisclosureSearch,
  type DisclosureSearch,
} from './disclosure-search.js';
export { writeReportCsv } from './report-csv.js';
export { writeReportPdf } from './report-pdf.js';
export type { SubjectAccessReport } from './subject-access-report.js';
