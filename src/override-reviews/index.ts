export { openReview } from './open-review.js';
export { OverrideReviewsModule } from './override-reviews.module.js';
export * from './override-review.js';
export { OverrideReviewsService, type ReviewSearch } from './override-reviews.service.js';
