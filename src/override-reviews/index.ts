export { openReview } from './open-review.js';
export { OverrideReviewsModule } from './override-reviews.module.js';
export type { OverrideReview } from './override-review.js';
