import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { findDueDates, WARNING_DAYS, type DueDate } from '../agreements/index.js';
import { CLOCK, type Clock } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { Log, Metrics } from '../observability/index.js';

/** How often is looked whether a new day has begun or an agreement has come, milliseconds. */
const LOOK_EVERY_MS = 60_000;

/** Tells the operator of agreements that are to be reviewed or end soon: in the metrics, and in the log once a day each. */
@Injectable()
export class AgreementsDue implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private day = '';
  private readonly warnedToday = new Set<string>();

  constructor(
    private readonly registers: RegisterService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.countDaysLeft(() => this.dueDates());
    this.warn();
    this.timer = setInterval(() => this.warn(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Warns of each agreement that is due and was not warned of today, with the nearer of its dates. */
  warn(): void {
    if (this.day !== this.today()) this.warnedToday.clear();
    this.day = this.today();
    for (const due of this.dueDates()) {
      if (this.warnedToday.has(due.agreement)) continue;
      this.warnedToday.add(due.agreement);
      this.log.warn('agreement-due', { agreement: due.agreement, code: codeOf(due), count: due.daysLeft });
    }
  }

  private dueDates(): DueDate[] {
    const agreements = this.registers.current().agreements();
    return findDueDates(
      agreements.map(({ agreement }) => agreement),
      this.today(),
    );
  }

  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }
}

/** E.g. `REVIEW_WITHIN_30_DAYS`, `END_PASSED`. */
function codeOf({ date, daysLeft }: DueDate): string {
  if (daysLeft < 0) return `${date.toUpperCase()}_PASSED`;
  return `${date.toUpperCase()}_WITHIN_${WARNING_DAYS.findLast((days) => daysLeft <= days)}_DAYS`;
}
