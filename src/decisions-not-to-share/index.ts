export { DecisionsNotToShareModule } from './decisions-not-to-share.module.js';
export { REASONS_NOT_TO_SHARE } from './decision-body.js';
