import { Injectable } from '@nestjs/common';
import type { CallingOfficer } from '../../../access/index.js';
import type { AlertStatus } from '../../../alerts/index.js';
import { AlertsService } from '../../../alerts/alerts.module.js';
import { UNRESOLVED_WITHIN } from '../../../disclosure-log/index.js';
import { Readiness } from '../../../observability/index.js';
import { OverrideReviewsService } from '../../../override-reviews/override-reviews.module.js';
import {
  EVERYONE,
  opens,
  READERS,
  view,
  type ConsolePage,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { ALERT_READERS } from '../alerts/alerts.page.js';
import { REVIEWERS } from '../reviews/reviews.page.js';
import { DisclosedLately } from './disclosed-lately.js';
import { ToSeeTo } from './to-see-to.js';

/** Most permits without an outcome on the page. */
const MOST_UNRESOLVED = 20;

/** What needs attention today, and what was disclosed lately, as far as the officer's roles open it. */
@Injectable()
export class HomePage implements ConsolePage {
  readonly entry = { text: 'Home', path: '/console' } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console', roles: EVERYONE, answer: (visit) => this.show(visit) },
  ];

  constructor(
    private readonly toSeeTo: ToSeeTo,
    private readonly reviews: OverrideReviewsService,
    private readonly alerts: AlertsService,
    private readonly disclosed: DisclosedLately,
    private readonly readiness: Readiness,
  ) {}

  private async show({ officer, now }: Visit): Promise<PageAnswer> {
    const reads = opens(READERS, officer);
    const operates = opens(['operator'], officer);
    const seesDisclosures = opens(ALERT_READERS, officer);
    const [reviews, alerts, agreements, unresolved, lately, operatorAlerts] = await Promise.all([
      opens(REVIEWERS, officer) ? this.reviews.countPendingOf(officer.agency) : undefined,
      seesDisclosures ? this.openAlerts(officer) : undefined,
      reads ? this.toSeeTo.agreements(officer, now) : undefined,
      reads ? this.toSeeTo.unresolved(officer, now) : undefined,
      seesDisclosures ? this.disclosed.of(officer.agency) : undefined,
      operates ? this.alerts.listForOperator() : undefined,
    ]);
    return view('home/home', 'Home', {
      reviews,
      alerts,
      agreements,
      unresolved: unresolved?.slice(0, MOST_UNRESOLVED),
      unresolvedCount: unresolved?.length ?? 0,
      unresolvedWithin: UNRESOLVED_WITHIN,
      lately,
      seesDisclosures,
      operatorAlerts: operatorAlerts?.length,
      health: operates ? this.readiness.check() : undefined,
      now,
    });
  }

  private async openAlerts(officer: CallingOfficer) {
    const count = (status: AlertStatus, kind?: 'sampled'): Promise<number> =>
      this.alerts.count(officer, { status, kind, limit: 1 });
    const [isNew, sampled, underInvestigation] = await Promise.all([
      count('new'),
      count('new', 'sampled'),
      count('under-investigation'),
    ]);
    return { isNew, sampled, underInvestigation };
  }
}
