export { Admission, type AdmissionLimits, type Leave } from './admission.js';
export { AdmissionModule, DRAIN_DEADLINE_MS } from './admission.module.js';
