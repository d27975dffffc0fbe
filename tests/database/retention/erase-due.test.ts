import { randomUUIDv7 as uuid } from 'node:crypto';
import type pg from 'pg';
import {
  BodyEraser,
  verifyLog,
  type DisclosureLog,
  type ExchangeEntry,
  type LogEntry,
} from '../../../src/disclosure-log/index.js';
import { eraseDue, type ErasedDue } from '../../../src/retention/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { liftHold } from '../../support/lift-hold.js';
import { decisionEntry, logSigner, openLog } from '../../support/log.js';

const BEGAN = new Date('2026-11-22T09:30:00.000Z');
const AGREEMENT = { id: 'shared-needs', version: 1, hash: 'f'.repeat(64) };

const yearsLater = (years: number, milliseconds = 0): Date => {
  const date = new Date(BEGAN);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return new Date(date.getTime() + milliseconds);
};

describe('when the retention of bodies ends', () => {
  let database: TestDatabase;
  let log: DisclosureLog;
  let now: Date;
  const clock = { now: () => now };
  beforeEach(async () => {
    now = BEGAN;
    database = await createTestDatabase();
    log = openLog(database.applicationUrl, logSigner, clock);
    await agree(1, 8);
    await agree(2, 3);
  });
  afterEach(async () => {
    await log.close();
    await database.drop();
  });

  const owner = <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    runAsOwner<Row>(database.ownerUrl, sql, values);
  const asApplication = <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    runAsOwner<Row>(database.applicationUrl, sql, values);
  const agree = async (version: number, logBodyYears: number, id = AGREEMENT.id): Promise<void> => {
    const document = { id, version, parties: ['a-council', 'a-trust'], retention: { requester: 'R', logBodyYears } };
    await owner(`INSERT INTO agreements VALUES ($1, $2, $3, $4, '[]', $5)`, [
      id,
      version,
      AGREEMENT.hash,
      document,
      BEGAN,
    ]);
  };
  const exchange = (
    kind: 'decision' | 'outcome',
    exchangeId: string,
    agreement: ExchangeEntry['claims']['agreement'],
  ): LogEntry => {
    const { claims, detail } = decisionEntry(exchangeId, now) as ExchangeEntry;
    return { claims: { ...claims, kind, agreement }, detail };
  };
  const run = async (at: Date, of: { dryRun?: true; years?: number } = {}): Promise<ErasedDue> => {
    now = at;
    const eraser = new BodyEraser({ databaseUrl: database.applicationUrl, signer: logSigner, clock });
    try {
      return await eraseDue(asApplication, { years: of.years ?? 6, at, ...(!of.dryRun && { eraser }) });
    } finally {
      await eraser.close();
    }
  };
  /** Kinds of the entries that still have their body. */
  const standing = async (): Promise<string[]> =>
    (
      await owner<{ kind: string }>('SELECT kind FROM log_entries JOIN log_bodies USING (log_index) ORDER BY log_index')
    ).map(({ kind }) => kind);
  const erasedAt = async (at: Date, years = 6): Promise<Record<string, number>> =>
    Object.fromEntries((await run(at, { years })).erased);
  const at = (): string => now.toISOString();

  it('erases nothing in a log without entries', async () => {
    expect(await run(yearsLater(100))).toEqual({ erased: new Map(), held: 0 });
  });

  it('is as many years after the entry as the agreement version that it names says, to the instant', async () => {
    await log.append(exchange('decision', uuid(), AGREEMENT));
    await log.append(exchange('decision', uuid(), { ...AGREEMENT, version: 2 }));
    expect(await erasedAt(yearsLater(3, -1))).toEqual({});
    expect(await erasedAt(yearsLater(3))).toEqual({ decision: 1 });
    expect(await erasedAt(yearsLater(8, -1))).toEqual({});
    expect(await erasedAt(yearsLater(8))).toEqual({ decision: 1 });
    expect(await standing()).toEqual(['bodies-erased', 'bodies-erased']);
    expect((await verifyLog(owner, logSigner)).findings).toEqual([]);
  });

  it('is LOG_BODY_YEARS after an entry that names no agreement', async () => {
    await log.append(exchange('decision', uuid(), null));
    expect(await erasedAt(yearsLater(6, -1))).toEqual({});
    expect(await erasedAt(yearsLater(7, -1), 7)).toEqual({});
    expect(await erasedAt(yearsLater(7), 7)).toEqual({ decision: 1 });
  });

  it('never comes for an agreement version that is not on record: what is erased does not come back', async () => {
    await log.append(exchange('decision', uuid(), { ...AGREEMENT, version: 9 }));
    await log.append(exchange('decision', uuid(), { ...AGREEMENT, hash: '0'.repeat(64) }));
    expect(await erasedAt(yearsLater(100))).toEqual({});
  });

  it('is one for the whole exchange: the longest that its entries name, also for what names none', async () => {
    const exchangeId = uuid();
    await log.append(exchange('decision', exchangeId, { ...AGREEMENT, version: 2 }));
    await log.append(exchange('outcome', exchangeId, AGREEMENT));
    await log.append({
      claims: { kind: 'reconciliation', at: at(), exchangeId, unconfirmed: 'outcome', result: 'not-released' },
      detail: {},
    });
    expect(await erasedAt(yearsLater(8, -1))).toEqual({});
    expect(await erasedAt(yearsLater(8))).toEqual({ decision: 1, outcome: 1, reconciliation: 1 });
  });

  it('of a look-up is not before that of the exchange that was looked at, and not before its own', async () => {
    const exchangeId = uuid();
    const look = (): LogEntry => ({
      claims: {
        kind: 'explanation-read',
        at: at(),
        exchangeId,
        readBy: { agency: 'a-council', officer: 'a-council-ig-1' },
      },
      detail: {},
    });
    await log.append(exchange('decision', exchangeId, AGREEMENT));
    await log.append(look());
    now = yearsLater(7);
    await log.append(look());
    expect(await erasedAt(yearsLater(8, -1))).toEqual({});
    await run(yearsLater(8));
    await run(yearsLater(8));
    expect(await standing()).toEqual(['explanation-read', 'bodies-erased', 'bodies-erased']);
    expect(await erasedAt(yearsLater(13))).toEqual({ 'explanation-read': 1 });
  });

  it('never comes for what was agreed, applied or erased', async () => {
    await log.append({ claims: { kind: 'definitions-applied', at: at(), revision: 1 }, detail: { changes: [] } });
    await log.append({
      claims: {
        kind: 'agreement-signed',
        at: at(),
        agreement: AGREEMENT,
        by: { agency: 'a-council', officer: 'a-council-ig-1' },
        reason: null,
        revision: 1,
      },
      detail: {},
    });
    await log.append(exchange('decision', uuid(), null));
    await run(yearsLater(6));
    expect(await erasedAt(yearsLater(1000))).toEqual({});
    expect(await standing()).toEqual(['definitions-applied', 'agreement-signed', 'bodies-erased']);
  });

  describe('of what a person said', () => {
    const permission = async (id: string, of: { withdrawnAt?: Date; validUntil?: Date | null; by?: string } = {}) => {
      const { withdrawnAt = null, validUntil = yearsLater(1), by = 'c-school' } = of;
      await owner(
        `INSERT INTO permissions (id, recorded_by, recorded_by_system, kind, purpose, recipients, items, given_by, capacity, method,
           wording_version, valid_from, valid_until, subject_handles, recorded_at, withdrawn_at, answer, language, asked_by)
         VALUES ($1, $2, 's', 'confidentiality', 'p', '{}', '{}', 'self', 'own', 'paper', 'v', $3, $4, '{handle}', $3, $5,
           CASE WHEN $4::timestamptz IS NULL THEN 'refused' ELSE 'given' END, 'en', '{"staffId":"s","role":"r"}')`,
        [id, by, BEGAN, validUntil, withdrawnAt],
      );
      await log.append({
        claims: {
          kind: 'permission-given',
          at: at(),
          permission: id,
          permissionKind: 'confidentiality',
          recordedBy: { agency: by, system: 's' },
        },
        detail: { subjectHandles: ['handle'] },
      });
    };
    const handles = async (table: string): Promise<string[][]> =>
      (
        await owner<{ h: string[] }>(`SELECT subject_handles AS h FROM ${table} ORDER BY cardinality(subject_handles)`)
      ).map(({ h }) => h);

    it('is LOG_BODY_YEARS after it has ended; then the record loses the person too', async () => {
      await permission(uuid());
      await permission(uuid(), { withdrawnAt: yearsLater(0, 1000) });
      expect(await erasedAt(yearsLater(6))).toEqual({});
      expect(await erasedAt(yearsLater(6, 1000))).toEqual({ 'permission-given': 1 });
      expect(await handles('permissions')).toEqual([[], ['handle']]);
      expect(await erasedAt(yearsLater(7))).toEqual({ 'permission-given': 1 });
      expect(await handles('permissions')).toEqual([[], []]);
      expect(await owner('SELECT 1 FROM permissions WHERE asked_by IS NOT NULL')).toEqual([]);
    });

    it('never comes for a refusal that stands', async () => {
      await permission(uuid(), { validUntil: null });
      expect(await erasedAt(yearsLater(100))).toEqual({});
    });

    it('is as long as an exchange may be on record that relied on it: by the agreements of the agency that recorded it', async () => {
      await permission(uuid(), { by: 'a-trust' });
      expect(await erasedAt(yearsLater(9, -1))).toEqual({});
      expect(await erasedAt(yearsLater(9))).toEqual({ 'permission-given': 1 });
    });

    it('is the same for statements: from when they were lifted', async () => {
      const [lifted, stands] = [uuid(), uuid()];
      for (const [number, id] of [lifted, stands].entries()) {
        await owner(
          `INSERT INTO sharing_statements (id, kind, recorded_by, recorded_by_system, subject_handles, says, recorded_at, lifted_at,
             change_number) VALUES ($1, 'objection', 'c-school', 's', '{handle}', 'do-not-share', $2, $3, $4)`,
          [id, BEGAN, id === lifted ? yearsLater(1) : null, number + 1],
        );
        await log.append({
          claims: {
            kind: 'statement-recorded',
            at: at(),
            statement: id,
            statementKind: 'objection',
            says: 'do-not-share',
            recordedBy: { agency: 'c-school', system: 's' },
          },
          detail: { subjectHandles: ['handle'] },
        });
      }
      expect(await erasedAt(yearsLater(7, -1))).toEqual({});
      expect(await erasedAt(yearsLater(7))).toEqual({ 'statement-recorded': 1 });
      expect(await handles('sharing_statements')).toEqual([[], ['handle']]);
      expect(await erasedAt(yearsLater(100))).toEqual({});
    });
  });

  it('takes what other tables kept of the exchange, with the last of its bodies', async () => {
    const exchangeId = uuid();
    const review = uuid();
    await log.append(exchange('decision', exchangeId, AGREEMENT));
    await owner(`INSERT INTO permission_uses VALUES ($1, $2, 'a-council', 'a-trust', 'a-trust/needs', $3)`, [
      uuid(),
      exchangeId,
      BEGAN,
    ]);
    await owner(`INSERT INTO override_reviews VALUES ($1, $2, 'a-council', 'a-trust', $3, $3)`, [
      review,
      exchangeId,
      BEGAN,
    ]);
    await owner(`INSERT INTO override_review_answers VALUES ($1, 'a-trust', true, 'justified', '{none}', $2)`, [
      review,
      BEGAN,
    ]);
    const kept = async (): Promise<unknown> =>
      (
        await owner<{ kept: string }>(
          `SELECT concat_ws(' ', (SELECT count(*) FROM permission_uses), (SELECT count(*) FROM override_reviews),
             (SELECT count(*) FROM override_review_answers)) AS kept`,
        )
      )[0]?.kept;
    await run(yearsLater(7));
    expect(await kept()).toBe('1 1 1');
    await run(yearsLater(8));
    expect(await kept()).toBe('0 0 0');
  });

  it('says what would go with a dry run, and leaves it', async () => {
    await log.append(exchange('decision', uuid(), AGREEMENT));
    const { erased } = await run(yearsLater(8), { dryRun: true });
    expect(Object.fromEntries(erased)).toEqual({ decision: 1 });
    expect(await standing()).toEqual(['decision']);
  });

  it('counts what is due and held, and erases it once the hold is lifted', async () => {
    const [exchangeId, hold] = [uuid(), uuid()];
    await log.append(exchange('decision', exchangeId, AGREEMENT));
    await owner(
      `INSERT INTO legal_holds (id, agency, placed_by, reason, reference, exchange_ids, placed_at)
       VALUES ($1, 'a-council', 'o', 'complaint', 'C/1', ARRAY[$2::uuid], $3)`,
      [hold, exchangeId, BEGAN],
    );
    expect(await run(yearsLater(20))).toEqual({ erased: new Map(), held: 1 });
    await liftHold(log, hold, yearsLater(20));
    expect(await erasedAt(yearsLater(20))).toEqual({ decision: 1 });
  });

  it('erases more than a batch in several, each with an entry of its own, and finds the rest after an interruption', async () => {
    for (let batch = 0; batch < 6; batch++) {
      await Promise.all(Array.from({ length: 200 }, () => log.append(exchange('decision', uuid(), AGREEMENT))));
    }
    let batches = 0;
    now = yearsLater(8);
    const eraser = new BodyEraser({ databaseUrl: database.applicationUrl, signer: logSigner, clock });
    const options = { years: 6, at: now, eraser };
    const first = await eraseDue(asApplication, { ...options, isStopped: () => batches++ > 0 });
    expect(Object.fromEntries(first.erased)).toEqual({ decision: 500 });
    expect(Object.fromEntries((await eraseDue(asApplication, options)).erased)).toEqual({ decision: 700 });
    await eraser.close();
    expect(await standing()).toEqual(['bodies-erased', 'bodies-erased', 'bodies-erased']);
    expect((await verifyLog(owner, logSigner)).findings).toEqual([]);
  });
});
