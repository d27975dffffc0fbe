export type { DisclosureAnswer, DisclosurePage, DisclosureSummary, PersonDisclosurePage } from './disclosure-answer.js';
export { MOST_COUNTED } from './find-disclosures.js';
export { DisclosureProjection } from './disclosure-projection.js';
export {
  DEFAULT_PER_PAGE,
  FILTERS,
  placeOf,
  readDisclosureSearch,
  type DisclosureSearch,
} from './disclosure-search.js';
export { DisclosuresModule } from './disclosures.module.js';
export { DisclosuresService } from './disclosures.service.js';
export {
  COUNTED_WEEKS,
  DisclosuresOverTime,
  type DisclosuresByWeek,
  type WeeklyCounts,
} from './disclosures-over-time.js';
export { writeReportCsv } from './report-csv.js';
export { writeReportPdf } from './report-pdf.js';
export type { SubjectAccessReport } from './subject-access-report.js';
export { SubjectAccessReportsService } from './subject-access-reports.service.js';
