import { Module, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../observability/index.js';
import { OverrideReviewsController } from './override-reviews.controller.js';
import { OverrideReviewsService } from './override-reviews.service.js';

export { OverrideReviewsService, type ReviewSearch } from './override-reviews.service.js';

/** What officers do about disclosures by an override, and gauges of what they have not done yet. */
@Module({
  controllers: [OverrideReviewsController],
  providers: [OverrideReviewsService],
  exports: [OverrideReviewsService],
})
export class OverrideReviewsModule implements OnModuleInit {
  constructor(
    private readonly reviews: OverrideReviewsService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.readOverrideReviews(() => this.reviews.countPending());
  }
}
