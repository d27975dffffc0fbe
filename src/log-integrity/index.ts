export type { FullVerification } from './full-verifications.js';
