export { AgreementLifecycleModule } from './agreement-lifecycle.module.js';
export * from './agreement-life.js';
export * from './next-step.js';
