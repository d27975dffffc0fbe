import { Inject, Injectable } from '@nestjs/common';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem, type PageOf } from '../api-contract/index.js';
import { DisclosureLog, type LegalHoldEntry } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { fromStore, Recording } from '../permissions/index.js';
import { subjectHandle, type Identifier } from '../subject-handles/index.js';
import type { HeldMatter, HoldReason, LegalHold } from './legal-hold.js';

/** What an officer wants held; one of the three. */
export interface MatterToHold {
  readonly exchanges?: readonly string[];
  readonly agreement?: string;
  /** Normalised; live in memory for one call. */
  readonly subject?: readonly Identifier[];
}

/**
 * Legal holds. INVARIANT: 8. An agency holds exchanges in which it is requester or supplier, and sees its own holds alone; that
 * another keeps something shows only where something is to be erased.
 */
@Injectable()
export class LegalHoldsService {
  private readonly recording: Recording;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {
    this.recording = new Recording(dataSource, log, keys);
  }

  /**
   * Places a hold; from the commit on nothing that it keeps is erased, on any replica. A repeat with the same `idempotencyKey` is
   * answered with the hold as it stands.
   * @throws Problem NOT_FOUND when an exchange or the agreement is none of the agency's; IDEMPOTENCY_KEY_REUSED,
   *   LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async place(
    caller: CallingOfficer,
    matter: MatterToHold,
    { reason, reference }: { readonly reason: HoldReason; readonly reference: string },
    idempotencyKey: string | undefined,
  ): Promise<LegalHold> {
    const { agency, officer } = caller;
    const held = await this.read(matter, agency);
    const [id, placedAt] = [uuid(), this.log.clock.now()];
    const values = [
      id,
      agency,
      officer,
      reason,
      reference,
      held.exchanges,
      held.agreement,
      held.subjectHandles,
      placedAt,
    ];
    return await this.recording.once(
      { caller: { agency, system: officer }, body: { held, reason, reference }, idempotencyKey, id },
      ({ key, request }) => ({
        entry: entryOf('legal-hold-placed', { id, reason, ...held }, caller, placedAt),
        change: { sql: PLACE, values: [...values, key, request] },
      }),
      (found) => this.find(caller, found),
    );
  }

  /** The agency's own, in the order in which they were placed. @throws Problem STORE_UNAVAILABLE */
  async list({ agency }: CallingOfficer, { limit, after }: PageOf): Promise<LegalHold[]> {
    return await fromStore(() =>
      this.dataSource.query<LegalHold[]>(`${HOLDS} AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`, [
        agency,
        after ?? null,
        limit,
      ]),
    );
  }

  /** @throws Problem NOT_FOUND when there is none, or when another agency placed it; STORE_UNAVAILABLE */
  async find({ agency }: Pick<CallingOfficer, 'agency'>, id: string): Promise<LegalHold> {
    const [found] = await fromStore(() => this.dataSource.query<LegalHold[]>(`${HOLDS} AND id = $2`, [agency, id]));
    if (!found) throw new Problem('NOT_FOUND');
    return found;
  }

  /** Lifts a hold; lifting it again changes nothing. @throws Problem NOT_FOUND, LOG_UNAVAILABLE, STORE_UNAVAILABLE */
  async lift(caller: CallingOfficer, id: string): Promise<LegalHold> {
    const hold = await this.find(caller, id);
    if (hold.liftedAt) return hold;
    const now = this.log.clock.now();
    await this.recording.change(entryOf('legal-hold-lifted', hold, caller, now), {
      sql: LIFT,
      values: [id, caller.agency, now, caller.officer],
    });
    return await this.find(caller, id);
  }

  private async read({ exchanges, agreement, subject }: MatterToHold, agency: string): Promise<HeldMatter> {
    const nothing = { exchanges: null, agreement: null, subjectHandles: null };
    if (subject) {
      // INVARIANT: 1. The person stands in it as handles, in the view of the agency alone.
      return { ...nothing, subjectHandles: subject.map((one) => subjectHandle(this.keys.subjectHandle, agency, one)) };
    }
    const [sql, value] = agreement === undefined ? [OWN_EXCHANGES, exchanges ?? []] : [OWN_AGREEMENT, agreement];
    const [row] = await fromStore(() => this.dataSource.query<{ own: boolean }[]>(sql, [agency, value]));
    if (!row?.own) throw new Problem('NOT_FOUND');
    return agreement === undefined ? { ...nothing, exchanges: exchanges ?? [] } : { ...nothing, agreement };
  }
}

const OWN_EXCHANGES = `
  SELECT bool_and(EXISTS (
    SELECT FROM log_entries WHERE exchange_id = asked AND (requester_agency = $1 OR supplier_agency = $1))) AS own
  FROM unnest($2::uuid[]) AS asked`;

const OWN_AGREEMENT = `
  SELECT EXISTS (SELECT FROM agreements WHERE id = $2 AND document -> 'parties' ? $1) AS own`;

const HOLDS = `
  SELECT id, agency, placed_by AS "placedBy", reason, reference, exchange_ids AS exchanges, agreement,
    subject_handles AS "subjectHandles", placed_at AS "placedAt", lifted_at AS "liftedAt", lifted_by AS "liftedBy"
  FROM legal_holds WHERE agency = $1`;

const PLACE = `
  WITH first AS (
    INSERT INTO idempotency_keys (system, key_hash, request_hash, resource_id, created_at)
    VALUES ($3, $10, $11, $1, $9) ON CONFLICT DO NOTHING RETURNING resource_id
  )
  INSERT INTO legal_holds (id, agency, placed_by, reason, reference, exchange_ids, agreement, subject_handles, placed_at)
  SELECT resource_id, $2, $3, $4, $5, $6::uuid[], $7, $8::text[], $9::timestamptz FROM first`;

const LIFT = `
  UPDATE legal_holds SET lifted_at = $3, lifted_by = $4 WHERE id = $1 AND agency = $2 AND lifted_at IS NULL`;

const entryOf = (
  kind: LegalHoldEntry['claims']['kind'],
  { id, reason, exchanges, agreement, subjectHandles }: Pick<LegalHold, 'id' | 'reason' | keyof HeldMatter>,
  { agency, officer }: CallingOfficer,
  at: Date,
): LegalHoldEntry => ({
  claims: { kind, at: at.toISOString(), hold: id, by: { agency, officer }, reason, exchanges, agreement },
  detail: { subjectHandles: subjectHandles ?? [] },
});
