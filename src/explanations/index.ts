export { explainExchange, type ExplanationParts } from './explain-exchange.js';
export type { Explanation } from './explanation.js';
export { ExplanationsModule } from './explanations.module.js';
export { ExplanationsService } from './explanations.service.js';
