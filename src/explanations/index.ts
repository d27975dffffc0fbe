export { explainExchange, type ExplanationParts } from './explain-exchange.js';
export { ukTime } from './uk-time.js';
