export { DecisionsNotToShareModule } from './decisions-not-to-share.module.js';
