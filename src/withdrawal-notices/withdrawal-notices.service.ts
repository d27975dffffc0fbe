import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { DisclosureLog, type LogEntry } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { fromStore, Recording, type PermissionCaller } from '../permissions/index.js';
import { cursorAfter, type NoticePlace, type NoticeSearch } from './notice-search.js';
import type { WithdrawalNotice, WithdrawalNoticePage } from './withdrawal-notice.js';

/**
 * What recipients are told of permissions that ended after they got data on them. INVARIANT: 6. A notice is no record that a
 * withdrawal would have to make: it is read from what was withdrawn and what was used, so it is there, on every replica, from
 * the commit of the withdrawal. INVARIANT: 8. Only of uses by the caller's own agency.
 */
@Injectable()
export class WithdrawalNotices {
  private readonly recording: Recording;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    @Inject(GATEWAY_KEYS) keys: GatewayKeys,
  ) {
    this.recording = new Recording(dataSource, log, keys);
  }

  /** @throws Problem STORE_UNAVAILABLE */
  async list(
    { agency }: PermissionCaller,
    { acknowledged, after, limit }: NoticeSearch,
  ): Promise<WithdrawalNoticePage> {
    const found = await this.read(agency, { acknowledged, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return { notices: page.map(answerOf), nextCursor: last ? cursorAfter(last) : null };
  }

  /**
   * Records that the caller's agency took note. Doing so again, also at the same time, changes nothing.
   * @throws Problem NOT_FOUND when its agency has no such notice, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async acknowledge(caller: PermissionCaller, id: string): Promise<WithdrawalNotice> {
    const notice = await this.find(caller, id);
    if (notice.acknowledgedAt !== null) return notice;
    const now = this.log.clock.now();
    await this.recording.change(acknowledgementEntry(id, caller, now), {
      sql: ACKNOWLEDGE_ONCE,
      values: [caller.agency, id, now],
    });
    return await this.find(caller, id);
  }

  private async find({ agency }: PermissionCaller, id: string): Promise<WithdrawalNotice> {
    const [found] = await this.read(agency, { id, limit: 1 });
    if (!found) throw new Problem('NOT_FOUND');
    return answerOf(found);
  }

  private async read(
    recipient: string,
    of: { id?: string; acknowledged?: boolean; after?: NoticePlace | undefined; limit: number },
  ): Promise<StoredNotice[]> {
    const { id = null, acknowledged = null, after, limit } = of;
    const place = [after?.endedAt ?? null, after?.id ?? null];
    return await fromStore(() =>
      this.dataSource.query<StoredNotice[]>(NOTICES, [recipient, id, acknowledged, ...place, limit]),
    );
  }
}

interface StoredNotice extends Omit<WithdrawalNotice, 'endedAt' | 'acknowledgedAt'> {
  readonly endedAt: Date;
  readonly acknowledgedAt: Date | null;
}

const answerOf = ({ endedAt, acknowledgedAt, exchanges, ...rest }: StoredNotice): WithdrawalNotice => ({
  ...rest,
  endedAt: endedAt.toISOString(),
  exchanges: exchanges.map(({ exchangeId, dataService, disclosedAt }) => ({
    exchangeId,
    dataService,
    disclosedAt: new Date(disclosedAt).toISOString(),
  })),
  acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
});

/**
 * One notice for each no: a withdrawal, or a refusal. It ends the permission that was withdrawn, and whatever that or the
 * refusal took the place of, also by way of others: who withdraws the newest of several answers takes back them all.
 */
const NOTICES = `
  WITH RECURSIVE ended AS (
    SELECT id AS notice, id AS permission FROM permissions
    WHERE (withdrawn_at IS NOT NULL OR answer = 'refused') AND recipients @> ARRAY[$1::text]
      AND ($2::uuid IS NULL OR id = $2)
    UNION
    SELECT notice, earlier.id FROM permissions earlier JOIN ended ON earlier.superseded_by = ended.permission
  )
  SELECT said.id, said.kind AS "permissionKind", said.purpose,
    CASE said.answer WHEN 'refused' THEN 'refused' ELSE 'withdrawn' END AS ended,
    coalesce(said.withdrawn_at, said.recorded_at) AS "endedAt", taken.acknowledged_at AS "acknowledgedAt",
    json_agg(
      json_build_object('exchangeId', used.exchange_id, 'dataService', used.data_service, 'disclosedAt', used.disclosed_at)
      ORDER BY used.disclosed_at, used.exchange_id
    ) AS exchanges
  FROM ended
    JOIN permission_uses used ON used.recipient = $1 AND used.permission = ended.permission
    JOIN permissions said ON said.id = ended.notice
    LEFT JOIN withdrawal_acknowledgements taken ON taken.recipient = $1 AND taken.notice = said.id
  WHERE ($3::boolean IS NULL OR (taken.acknowledged_at IS NOT NULL) = $3)
    AND ($4::timestamptz IS NULL OR (coalesce(said.withdrawn_at, said.recorded_at), said.id) > ($4, $5::uuid))
  GROUP BY said.id, taken.acknowledged_at
  ORDER BY "endedAt", said.id LIMIT $6`;

const ACKNOWLEDGE_ONCE = `
  INSERT INTO withdrawal_acknowledgements (recipient, notice, acknowledged_at)
  VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

const acknowledgementEntry = (notice: string, { agency, system }: PermissionCaller, at: Date): LogEntry => ({
  claims: { kind: 'withdrawal-acknowledged', at: at.toISOString(), notice, acknowledgedBy: { agency, system } },
  detail: {},
});
