export * from './agreement-life.js';
export { AgreementLifecycle, type SeenAgreement } from './agreement-lifecycle.service.js';
export * from './next-step.js';
