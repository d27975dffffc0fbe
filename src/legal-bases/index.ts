export * from './legal-basis.js';
export { readLegalBases, type LegalBasesCatalogue } from './legal-bases-catalogue.js';
export { basesReliedOn, stackGaps } from './stack-gaps.js';
export { requiredPermissions } from './required-permissions.js';
