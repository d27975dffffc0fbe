export { REASONS_NOT_TO_SHARE } from './decision-body.js';
