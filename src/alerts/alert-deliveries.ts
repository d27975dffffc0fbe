import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import type { AlertKind } from './alert.js';
import { AlertsService } from './alerts.service.js';
import { makeWebhookAgent, SEND_WITHIN_MS, sendWebhook, webhookAddress } from './send-webhook.js';
import { signWebhook, webhookKeyOf } from './webhook-signature.js';

/** Seconds from an attempt to the next: 34 hours from the first to the last. As the specification suggests. */
export const RETRY_AFTER_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 57_600] as const;
const MOST_ATTEMPTS = RETRY_AFTER_SECONDS.length + 1;
/** Most messages that are under way at once. */
const MOST_AT_ONCE = 20;

interface Delivery {
  readonly alert: string;
  readonly agency: string;
  readonly kind: AlertKind;
  readonly raisedAt: Date;
  /** This one included. */
  readonly attempts: number;
  /** `null` when the agency's definition has no address any more. */
  readonly url: string | null;
}

/**
 * Sends alerts to the addresses that agencies gave, each at least once: an attempt is counted, and the next one planned, before
 * it is made. So a message is with one replica at a time, and one whose replica was stopped goes out with the next attempt.
 */
@Injectable()
export class AlertDeliveries {
  private readonly agent = makeWebhookAgent();

  constructor(
    private readonly dataSource: DataSource,
    private readonly alerts: AlertsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {}

  /** Sends what is due, all of it at the same time, so that no receiver keeps another's messages waiting. */
  async round(): Promise<void> {
    const now = this.clock.now();
    const waits = RETRY_AFTER_SECONDS.map((seconds) => seconds + SEND_WITHIN_MS / 1000);
    const due = rowsOf<Delivery>(await this.dataSource.query(CLAIM, [now, waits, MOST_AT_ONCE]));
    await Promise.all(due.map((delivery) => this.send(delivery)));
  }

  /** Breaks off what is under way; it goes out with its next attempt. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send(delivery: Delivery): Promise<void> {
    const { alert, agency, attempts, url } = delivery;
    const at = this.clock.now();
    const address = url === null ? undefined : webhookAddress(url, this.isSandbox());
    const payload = JSON.stringify(this.messageOf(delivery));
    const headers = signWebhook(alert, at, payload, webhookKeyOf(agency, this.keys.receipt.privateKey));
    const sent = address ? await sendWebhook(this.agent, address, payload, headers) : 'gone';
    if (sent === 'delivered') await this.mark('delivered_at', alert);
    else if (sent === 'gone' || attempts >= MOST_ATTEMPTS) await this.giveUp(delivery);
  }

  /** INVARIANT: 1. Nothing of what the alert is about: who may see it looks it up, which is recorded. */
  private messageOf({ alert, kind, agency, raisedAt }: Delivery): object {
    const { publicUrl, console: hasConsole } = this.settings;
    const link = `${publicUrl}/v1/alerts/${alert}`;
    const page = hasConsole && `${publicUrl}/console/alerts/${alert}`;
    return {
      type: 'alert.raised',
      timestamp: raisedAt.toISOString(),
      data: { id: alert, kind, agency, link, ...(page && { page }) },
    };
  }

  private async giveUp({ alert, agency }: Delivery): Promise<void> {
    await this.mark('dead_at', alert);
    await this.alerts.raise({
      kind: 'webhook-not-delivered',
      agency: null,
      about: agency,
      detail: { recipient: agency },
    });
  }

  private async mark(column: 'delivered_at' | 'dead_at', alert: string): Promise<void> {
    await this.dataSource.query(`UPDATE alert_deliveries SET ${column} = $2 WHERE alert = $1`, [
      alert,
      this.clock.now(),
    ]);
  }

  private isSandbox(): boolean {
    return this.settings.publicUrl?.startsWith('http:') ?? false;
  }
}

/** Of an UPDATE, TypeORM gives the rows and their number. */
const rowsOf = <Row>(result: unknown): Row[] => (result as [Row[], number])[0];

const CLAIM = `
  UPDATE alert_deliveries delivery SET attempts = attempts + 1,
    next_at = $1::timestamptz + make_interval(secs => ($2::float8[])[least(attempts + 1, cardinality($2::float8[]))])
  FROM alerts LEFT JOIN agencies ON agencies.id = alerts.agency
  WHERE alerts.id = delivery.alert AND delivery.alert IN (
    SELECT alert FROM alert_deliveries
    WHERE delivered_at IS NULL AND dead_at IS NULL AND next_at <= $1 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING delivery.alert, alerts.agency, alerts.kind, alerts.raised_at AS "raisedAt", delivery.attempts,
    agencies.document #>> '{alerts,url}' AS url`;
