export * from './legal-basis.js';
export { projectLegalBases, readLegalBases, type LegalBasesCatalogue } from './legal-bases-catalogue.js';
export { stackGaps } from './stack-gaps.js';
export { requiredPermissions } from './required-permissions.js';
export { basesReliedOn } from './bases-relied-on.js';
export { findBars, type BarredFlow } from './find-bars.js';
