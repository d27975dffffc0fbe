export type { FullVerification } from './full-verifications.js';
export { LogIntegrity, type IntegrityStanding } from './log-integrity.js';
export { LogIntegrityModule } from './log-integrity.module.js';
