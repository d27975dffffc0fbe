import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem, type PageOf } from '../api-contract/index.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { BodyEraser, DisclosureLog, type ErasureOrderedEntry } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { Metrics } from '../observability/index.js';
import { fromStore, Recording } from '../permissions/index.js';
import { kindsUnder } from './body-retention.js';
import type { ErasureGround, ErasureOrder } from './erasure-order.js';

/** What goes with an exchange. That somebody looked at it stays until its own retention ends. */
const ERASED_KINDS = [...kindsUnder('exchange'), 'decision-not-to-share'];

/** Ordered erasures. INVARIANT: 8. Of exchanges in which the officer's agency is requester or supplier. */
@Injectable()
export class ErasuresService implements OnApplicationShutdown {
  private readonly recording: Recording;
  private readonly eraser: BodyEraser;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    private readonly registers: RegisterService,
    private readonly metrics: Metrics,
    @Inject(GATEWAY_KEYS) keys: GatewayKeys,
    @Inject(SETTINGS) settings: Settings,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.recording = new Recording(dataSource, log, keys);
    const signer = { name: settings.logName, key: keys.log.privateKey };
    this.eraser = new BodyEraser({ databaseUrl: settings.databaseUrl ?? '', signer, clock });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.eraser.close();
  }

  /**
   * Orders an erasure; nothing is erased yet. A repeat with the same `idempotencyKey` is answered with the order as it stands.
   * @throws Problem NOT_FOUND when an exchange is none of the agency's; REQUEST_INVALID when not all have the same other party;
   *   IDEMPOTENCY_KEY_REUSED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async order(
    { agency, officer }: CallingOfficer,
    { exchanges, ground }: { readonly exchanges: readonly string[]; readonly ground: ErasureGround },
    idempotencyKey: string | undefined,
  ): Promise<ErasureOrder> {
    const confirmingAgency = await this.otherParty(agency, exchanges);
    const [id, at] = [uuid(), this.log.clock.now()];
    const entry: ErasureOrderedEntry = {
      claims: {
        kind: 'erasure-ordered',
        at: at.toISOString(),
        order: id,
        exchanges,
        ground,
        orderedBy: { agency, officer },
      },
      detail: {},
    };
    const values = [id, agency, officer, ground, exchanges, confirmingAgency, at];
    return await this.recording.once(
      { caller: { agency, system: officer }, body: { exchanges, ground }, idempotencyKey, id },
      ({ key, request }) => ({ entry, change: { sql: ORDER, values: [...values, key, request] } }),
      (found) => this.find({ agency }, found),
    );
  }

  /** Those that the agency ordered or is to confirm, in their order. @throws Problem STORE_UNAVAILABLE */
  async list({ agency }: CallingOfficer, { limit, after }: PageOf): Promise<ErasureOrder[]> {
    return await fromStore(() =>
      this.dataSource.query<ErasureOrder[]>(`${ORDERS} AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`, [
        agency,
        after ?? null,
        limit,
      ]),
    );
  }

  /** @throws Problem NOT_FOUND when there is none, or when it is none of the agency's; STORE_UNAVAILABLE */
  async find({ agency }: Pick<CallingOfficer, 'agency'>, id: string): Promise<ErasureOrder> {
    const [found] = await fromStore(() => this.dataSource.query<ErasureOrder[]>(`${ORDERS} AND id = $2`, [agency, id]));
    if (!found) throw new Problem('NOT_FOUND');
    return found;
  }

  /**
   * Confirms an order and carries it out, in one transaction: all of it, or nothing where a legal hold of either party keeps any of
   * it. To confirm it again changes nothing.
   * @throws Problem NOT_FOUND, ERASURE_TO_BE_CONFIRMED when this officer may not confirm it, LEGAL_HOLD, EXCHANGE_ERASED when
   *   nothing is left to erase, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async confirm(caller: CallingOfficer, id: string): Promise<ErasureOrder> {
    const order = await this.find(caller, id);
    if (order.confirmedAt) return order;
    const { agency, officer } = caller;
    if (agency !== order.confirmingAgency || officer === order.orderedBy) {
      throw new Problem('ERASURE_TO_BE_CONFIRMED', { detail: `By another officer, of ${order.confirmingAgency}.` });
    }
    const indexes = await fromStore(() =>
      this.dataSource.query<{ index: number }[]>(BODIES, [order.exchanges, ERASED_KINDS]),
    );
    const erased = await this.erase(
      order,
      caller,
      indexes.map(({ index }) => index),
    );
    if (!erased) {
      const now = await this.find(caller, id);
      if (!now.confirmedAt) throw new Problem('LEGAL_HOLD');
      return now;
    }
    if (erased.erased === 0) throw new Problem('EXCHANGE_ERASED');
    this.metrics.bodiesErased('ordered', erased.erased);
    return await this.find(caller, id);
  }

  private async erase(order: ErasureOrder, { agency, officer }: CallingOfficer, indexes: readonly number[]) {
    const now = this.log.clock.now();
    try {
      return await this.eraser.erase({
        indexes,
        reason: 'ordered',
        orderedBy: { agency: order.agency, officer: order.orderedBy },
        order: { id: order.id, ground: order.ground, confirmedBy: { agency, officer } },
        condition: { sql: CONFIRM, values: [order.id, now, officer] },
      });
    } catch (error) {
      throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
    }
  }

  /** @returns the agency that confirms: the other party, or the same where nobody else is one */
  private async otherParty(agency: string, exchanges: readonly string[]): Promise<string> {
    const rows = await fromStore(() =>
      this.dataSource.query<{ exchange: string; other: string | null }[]>(OTHER_PARTIES, [agency, exchanges]),
    );
    if (new Set(rows.map(({ exchange }) => exchange)).size < exchanges.length) throw new Problem('NOT_FOUND');
    const register = this.registers.current();
    const others = new Set(rows.map(({ other }) => (other !== null && register.agency(other) ? other : agency)));
    const [only, ...more] = others;
    if (only === undefined || more.length > 0) {
      throw new Problem('REQUEST_INVALID', {
        pointers: ['/exchanges'],
        detail: 'All exchanges of an order have the same other party, because it confirms.',
      });
    }
    return only;
  }
}

const OTHER_PARTIES = `
  SELECT DISTINCT exchange_id AS exchange,
    nullif(CASE requester_agency WHEN $1 THEN supplier_agency ELSE requester_agency END, $1) AS other
  FROM log_entries JOIN log_bodies USING (log_index)
  WHERE exchange_id = ANY ($2::uuid[]) AND kind IN ('decision', 'decision-not-to-share')
    AND (requester_agency = $1 OR supplier_agency = $1)`;

const BODIES = `
  SELECT log_index::float8 AS index FROM log_entries JOIN log_bodies USING (log_index)
  WHERE exchange_id = ANY ($1::uuid[]) AND kind = ANY ($2) ORDER BY log_index`;

const ORDERS = `
  SELECT id, agency, ordered_by AS "orderedBy", ground, exchange_ids AS exchanges, confirming_agency AS "confirmingAgency",
    ordered_at AS "orderedAt", confirmed_at AS "confirmedAt", confirmed_by AS "confirmedBy"
  FROM erasure_orders WHERE (agency = $1 OR confirming_agency = $1)`;

const ORDER = `
  WITH first AS (
    INSERT INTO idempotency_keys (system, key_hash, request_hash, resource_id, created_at)
    VALUES ($3, $8, $9, $1, $7) ON CONFLICT DO NOTHING RETURNING resource_id
  )
  INSERT INTO erasure_orders (id, agency, ordered_by, ground, exchange_ids, confirming_agency, ordered_at)
  SELECT resource_id, $2, $3, $4, $5::uuid[], $6, $7::timestamptz FROM first`;

const CONFIRM = 'UPDATE erasure_orders SET confirmed_at = $2, confirmed_by = $3 WHERE id = $1 AND confirmed_at IS NULL';
