export { openReview } from './open-review.js';
export * from './override-review.js';
