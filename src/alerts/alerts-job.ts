import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/index.js';
import { Log } from '../observability/index.js';
import { AlertDeliveries } from './alert-deliveries.js';
import { AlertDetection } from './alert-detection.js';

/** How often is looked for messages that are due, milliseconds. */
const SEND_EVERY_MS = 5_000;

/** Detects and sends in the background, until the gateway stops. Each replica may; what one is at, no other does. */
@Injectable()
export class AlertsJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly detection: AlertDetection,
    private readonly deliveries: AlertDeliveries,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.every(this.settings.alertsEverySeconds * 1000, 'detect', () => this.detection.round());
    this.every(SEND_EVERY_MS, 'send', () => this.deliveries.round());
  }

  /** Before the database's connections are closed. */
  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.detection.stop();
    await this.deliveries.close();
    await Promise.all(this.underWay.values());
  }

  /** A round that failed is made up for by the next; one that is still under way takes the next one's place. */
  private every(ms: number, name: string, round: () => Promise<void>): void {
    const run = (): void => {
      if (this.underWay.has(name)) return;
      const running = round()
        .catch((error: unknown) => this.log.error('alerts-failed', { check: name, err: error }))
        .finally(() => this.underWay.delete(name));
      this.underWay.set(name, running);
    };
    this.timers.push(setInterval(run, ms).unref());
  }
}
