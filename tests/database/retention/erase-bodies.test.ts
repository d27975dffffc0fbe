import { randomUUIDv7 as uuid } from 'node:crypto';
import pg from 'pg';
import { BodyEraser, verifyLog, type DisclosureLog, type LogEntry } from '../../../src/disclosure-log/index.js';
import { until } from '../../support/until.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { liftedEntry, liftHold, liftOf } from '../../support/lift-hold.js';
import { decisionEntry, FIXED_NOW, fixedClock, logSigner, openLog } from '../../support/log.js';

const NEVER_ERASED: LogEntry = {
  claims: { kind: 'definitions-applied', at: FIXED_NOW.toISOString(), revision: 1 },
  detail: { changes: [] },
};

describe('erasing bodies of the log (invariant 7)', () => {
  let database: TestDatabase;
  let log: DisclosureLog;
  let eraser: BodyEraser;
  beforeEach(async () => {
    database = await createTestDatabase();
    log = openLog(database.applicationUrl);
    eraser = new BodyEraser({ databaseUrl: database.applicationUrl, signer: logSigner, clock: fixedClock });
  });
  afterEach(async () => {
    await eraser.close();
    await log.close();
    await database.drop();
  });

  const owner = <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    runAsOwner<Row>(database.ownerUrl, sql, values);
  const bodies = async (): Promise<number[]> =>
    (await owner<{ i: number }>('SELECT log_index::int AS i FROM log_bodies ORDER BY 1')).map(({ i }) => i);
  const findings = async (): Promise<readonly string[]> =>
    (await verifyLog(owner, logSigner)).findings.map(({ sentence }) => sentence);
  const ordered = (...indexes: number[]) => ({ indexes, reason: 'retention-ended' as const, orderedBy: null });
  const append = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await log.append(decisionEntry());
  };

  it('takes the bodies, keeps the leaves, says so in an entry of the same commit, and the log verifies', async () => {
    await append(6);
    expect(await eraser.erase(ordered(1, 2, 4))).toEqual({ erased: 3, held: 0 });
    expect(await bodies()).toEqual([0, 3, 5, 6]);
    const [entry] = await owner<{ claims: object }>(
      'SELECT claims::jsonb AS claims FROM log_bodies WHERE log_index = 6',
    );
    expect(entry!.claims).toEqual({
      kind: 'bodies-erased',
      at: FIXED_NOW.toISOString(),
      erased: [
        [1, 2],
        [4, 4],
      ],
      reason: 'retention-ended',
      orderedBy: null,
    });
    const [{ leaves }] = (await owner<{ leaves: number }>('SELECT count(*)::int AS leaves FROM log_entries')) as [
      { leaves: number },
    ];
    expect(leaves).toBe(7);
    expect(await findings()).toEqual([]);
    // The gateway that was already running goes on in the same tree.
    await append(1);
    expect(await findings()).toEqual([]);
  });

  it('is found where a body is missing that no entry says was erased, or is there although one does', async () => {
    await append(4);
    await eraser.erase(ordered(1));
    await owner('DELETE FROM log_bodies WHERE log_index = 2');
    expect(await findings()).toEqual(['The body of entry 2 is missing, and no entry says that it was erased.']);
    await owner(`INSERT INTO log_bodies SELECT 1, claims, detail, salt FROM log_bodies WHERE log_index = 0`);
    expect(await findings()).toEqual(
      expect.arrayContaining(['The body of entry 1 is still there, and entry 4 says that it was erased.']),
    );
  });

  it('passes over what was erased before, and adds no entry where nothing is left to erase', async () => {
    await append(3);
    await eraser.erase(ordered(1));
    expect(await eraser.erase(ordered(1, 2))).toEqual({ erased: 1, held: 0 });
    expect(await eraser.erase(ordered(1, 2))).toEqual({ erased: 0, held: 0 });
    expect(await bodies()).toEqual([0, 3, 4]);
    expect(await findings()).toEqual([]);
  });

  it('refuses kinds that are never erased, and undoes the whole erasure', async () => {
    await log.append(NEVER_ERASED);
    await append(1);
    await expect(eraser.erase(ordered(0, 1))).rejects.toThrow('never erased');
    expect(await bodies()).toEqual([0, 1]);
    await eraser.erase(ordered(1));
    await expect(eraser.erase(ordered(2))).rejects.toThrow('never erased');
    expect(await findings()).toEqual([]);
  });

  it('erases what nobody appended after it: of two erasers at once, each body goes once', async () => {
    await append(8);
    const other = new BodyEraser({ databaseUrl: database.applicationUrl, signer: logSigner, clock: fixedClock });
    const [one, two] = await Promise.all([
      eraser.erase(ordered(0, 1, 2, 3)),
      other.erase(ordered(2, 3, 4, 5)),
      append(3),
    ]);
    await other.close();
    expect(one!.erased + two!.erased).toBe(6);
    expect(await findings()).toEqual([]);
  });

  describe('by the application’s role', () => {
    let client: pg.Client;
    beforeEach(async () => {
      client = new pg.Client({ connectionString: database.applicationUrl });
      await client.connect();
      await append(3);
    });
    afterEach(async () => client.end());

    const claims = (erased: unknown): string =>
      JSON.stringify({
        kind: 'bodies-erased',
        at: FIXED_NOW.toISOString(),
        erased,
        reason: 'ordered',
        orderedBy: null,
      });
    /** Adds what looks like an entry that says so, as the role may. */
    const addEntry = async (erased: unknown, kind = 'bodies-erased', of = { checkpoint: true }): Promise<void> => {
      await client.query(
        `INSERT INTO log_entries (log_index, kind, recorded_at, leaf_hash) VALUES (3, $1, $2, sha256('a'))`,
        [kind, FIXED_NOW],
      );
      await client.query(`INSERT INTO log_bodies VALUES (3, $1, '{}', sha256('a'))`, [claims(erased)]);
      if (of.checkpoint) {
        await client.query(`INSERT INTO log_checkpoints VALUES (4, sha256('a'), 'no note', $1)`, [FIXED_NOW]);
      }
    };
    const erase = async (index = 3): Promise<unknown> => client.query('SELECT erase_log_bodies($1)', [index]);

    it.each(['DELETE FROM log_bodies', 'UPDATE log_bodies SET claims = claims', 'TRUNCATE log_bodies'])(
      'is not possible with %s',
      async (sql) => {
        await expect(client.query(sql)).rejects.toThrow('permission denied');
        expect(await bodies()).toEqual([0, 1, 2]);
      },
    );

    it('is not possible without an entry that says so', async () => {
      await expect(erase(2)).rejects.toThrow('no entry of this transaction');
      await expect(erase(99)).rejects.toThrow('no entry of this transaction');
    });

    it('is not possible by an entry of an earlier transaction: one entry erases once', async () => {
      await eraser.erase(ordered(0));
      await expect(erase()).rejects.toThrow('no entry of this transaction');
      await client.query('BEGIN');
      await expect(erase()).rejects.toThrow('no entry of this transaction');
    });

    it.each([
      ['of another kind', 'decision', true],
      ['that no checkpoint is over', 'bodies-erased', false],
    ])('is not possible by an entry %s', async (_, kind, checkpoint) => {
      await client.query('BEGIN');
      await addEntry([[0, 0]], kind, { checkpoint });
      await expect(erase()).rejects.toThrow('no entry of this transaction');
    });

    it.each([
      ['nothing', []],
      ['a body that is not there', [[0, 9]]],
      ['everything, ever', [[0, 4_000_000_000]]],
      ['itself', [[3, 3]]],
      [
        'a body twice',
        [
          [0, 0],
          [0, 0],
        ],
      ],
      ['a range that ends before it begins', [[2, 0]]],
      [
        'a range that makes up for another',
        [
          [0, 4_000_000_000],
          [4_000_000_000, 0],
        ],
      ],
    ])('is not possible where the entry says %s', async (_, erased) => {
      await client.query('BEGIN');
      await addEntry(erased);
      await expect(erase()).rejects.toThrow();
      await client.query('ROLLBACK');
      expect(await bodies()).toEqual([0, 1, 2]);
    });

    it('shows: an entry that the log’s key did not sign is found', async () => {
      await client.query('BEGIN');
      await addEntry([[0, 0]]);
      await erase();
      await client.query('COMMIT');
      expect(await findings()).toEqual(
        expect.arrayContaining(["The checkpoint of 4 entries is not one that the log's key signed."]),
      );
    });

    it('is not possible by anybody else in the database', async () => {
      const [grants] = await owner<{ open: boolean }>(
        `SELECT has_function_privilege('public', 'erase_log_bodies(bigint)', 'EXECUTE') AS open`,
      );
      expect(grants!.open).toBe(false);
    });

    it('cannot be turned to other tables by what the role makes for itself', async () => {
      await client.query('CREATE TEMPORARY TABLE log_bodies (log_index bigint, claims text)');
      await client.query(`INSERT INTO pg_temp.log_bodies VALUES (2, '${claims([[0, 1]])}')`);
      await expect(erase(2)).rejects.toThrow('no entry of this transaction');
      expect(await bodies()).toEqual([0, 1, 2]);
    });
  });

  describe('under a legal hold', () => {
    const hold = async (matter: { exchanges?: string[]; agreement?: string; handles?: string[] }): Promise<string> => {
      const id = uuid();
      await runAsOwner(
        database.applicationUrl,
        `INSERT INTO legal_holds (id, agency, placed_by, reason, reference, exchange_ids, agreement, subject_handles, placed_at)
         VALUES ($1, 'a-council', 'a-council-ig-1', 'complaint', 'C/1', $2, $3, $4, $5)`,
        [id, matter.exchanges ?? null, matter.agreement ?? null, matter.handles ?? null, FIXED_NOW],
      );
      return id;
    };
    const underAgreement = (id: string, supplier = 'a-trust', requester = 'a-council'): LogEntry => {
      const { claims, detail } = decisionEntry() as Extract<LogEntry, { claims: { kind: 'decision' | 'outcome' } }>;
      return {
        claims: {
          ...claims,
          supplier,
          requester: { ...claims.requester, agency: requester },
          agreement: { id, version: 1, hash: 'f' },
        },
        detail: { ...detail, subjectHandles: { requester: ['handle-r'], supplier: ['handle-s'] } },
      };
    };

    it('keeps the exchanges that it names, with what else is on record of them, until it is lifted', async () => {
      const exchangeId = uuid();
      await log.append(decisionEntry(exchangeId));
      await log.append(decisionEntry());
      await log.append({
        claims: {
          kind: 'explanation-read',
          at: FIXED_NOW.toISOString(),
          exchangeId,
          readBy: { agency: 'a-council', officer: 'a-council-ig-1' },
        },
        detail: {},
      });
      const id = await hold({ exchanges: [exchangeId] });
      expect(await eraser.erase(ordered(0, 1, 2))).toEqual({ erased: 1, held: 2 });
      expect(await bodies()).toEqual([0, 2, 3]);
      await liftHold(log, id, FIXED_NOW);
      expect(await eraser.erase(ordered(0, 2))).toEqual({ erased: 2, held: 0 });
    });

    it('keeps the exchanges under an agreement in which the agency is requester or supplier, and no others', async () => {
      await log.append(underAgreement('shared-needs'));
      await log.append(underAgreement('other-needs'));
      await log.append(underAgreement('shared-needs', 'a-trust', 'b-council'));
      await log.append(underAgreement('shared-needs', 'a-council', 'b-council'));
      await hold({ agreement: 'shared-needs' });
      expect(await eraser.erase(ordered(0, 1, 2, 3))).toEqual({ erased: 2, held: 2 });
      expect(await bodies()).toEqual([0, 3, 4]);
    });

    it.each([
      ['requester', 'handle-r'],
      ['supplier', 'handle-s'],
    ])('keeps what is about a person in the view of the %s', async (_, handle) => {
      await log.append(underAgreement('shared-needs'));
      await log.append(decisionEntry());
      await hold({ handles: [handle] });
      expect(await eraser.erase(ordered(0, 1))).toEqual({ erased: 1, held: 1 });
      expect(await bodies()).toEqual([0, 2]);
    });

    it('cannot be passed over by the application’s role', async () => {
      const exchangeId = uuid();
      await log.append(decisionEntry(exchangeId));
      await hold({ exchanges: [exchangeId] });
      const client = new pg.Client({ connectionString: database.applicationUrl });
      await client.connect();
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO log_entries (log_index, kind, recorded_at, leaf_hash) VALUES (1, 'bodies-erased', $1, sha256('a'))`,
        [FIXED_NOW],
      );
      await client.query(
        `INSERT INTO log_bodies VALUES (1, '{"kind":"bodies-erased","at":"2026-11-22T09:30:00Z","erased":[[0,0]]}', '{}', sha256('a'))`,
      );
      await client.query(`INSERT INTO log_checkpoints VALUES (2, sha256('a'), 'no note', $1)`, [FIXED_NOW]);
      await expect(client.query('SELECT erase_log_bodies(1)')).rejects.toThrow('under a legal hold');
      await client.end();
    });

    it('is not lifted by the application’s role without an entry of the same transaction that says so', async () => {
      const exchangeId = uuid();
      await log.append(decisionEntry(exchangeId));
      const [held, other] = [await hold({ exchanges: [exchangeId] }), await hold({ exchanges: [exchangeId] })];
      const refused = 'a legal hold is lifted by an entry of the log alone';
      const lift = liftOf(held, FIXED_NOW);
      await expect(runAsOwner(database.applicationUrl, lift.sql, [...lift.values])).rejects.toThrow(refused);
      // Nor by one of an earlier transaction, nor by one about another hold, nor by one of somebody else.
      await log.append(liftedEntry(held, FIXED_NOW));
      await expect(runAsOwner(database.applicationUrl, lift.sql, [...lift.values])).rejects.toThrow(refused);
      const { claims, detail } = liftedEntry(held, FIXED_NOW);
      const somebody = { agency: 'a-council', officer: 'a-council-ig-9' };
      for (const entry of [liftedEntry(other, FIXED_NOW), { claims: { ...claims, by: somebody }, detail }]) {
        await expect(log.append(entry, {}, lift)).rejects.toThrow();
        await until(async () => (await log.check(), log.readiness().ok));
      }
      expect(await eraser.erase(ordered(0))).toEqual({ erased: 0, held: 1 });
      await liftHold(log, held, FIXED_NOW);
      await expect(
        runAsOwner(database.applicationUrl, 'UPDATE legal_holds SET lifted_at = NULL, lifted_by = NULL WHERE id = $1', [
          held,
        ]),
      ).rejects.toThrow(refused);
      await liftHold(log, other, FIXED_NOW);
      expect(await eraser.erase(ordered(0))).toEqual({ erased: 1, held: 0 });
      expect(await findings()).toEqual([]);
    });
  });

  it('reaches every table that refers to entries: their rows go with the body, because nothing derived may outlive it', async () => {
    const tables = await owner<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'log_index'
       WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
         -- The last is how far alerts have looked, and of no entry.
         AND c.relname NOT IN ('log_entries', 'log_bodies', 'alert_positions')`,
    );
    expect(tables.map(({ name }) => name).sort()).toEqual(Object.keys(DERIVED_FROM_ENTRIES).sort());
    await append(2);
    for (const sql of Object.values(DERIVED_FROM_ENTRIES)) await owner(sql);
    await eraser.erase(ordered(0));
    for (const name of Object.keys(DERIVED_FROM_ENTRIES)) {
      expect([name, await owner(`SELECT log_index::int AS of FROM ${name}`)]).toEqual([name, [{ of: 1 }]]);
    }
  });
});

/** By table: statements that derive a made-up row from each entry of the log. */
const DERIVED_FROM_ENTRIES = {
  disclosures: `
    INSERT INTO disclosures (exchange_id, log_index, kind, decided_at, outcome, reasons, items, released, legal_bases,
      law_enforcement, requester_handles, supplier_handles, terms)
    SELECT exchange_id, log_index, 'exchange', now(), 'deny', '{}', '{}', '{}', '{}', false, '{}', '{}', '{}' FROM log_entries`,
  subject_access_reports: `
    INSERT INTO subject_access_reports
      (id, log_index, agency, officer, made_at, disclosures, withheld_disclosures, withheld_statements)
    SELECT exchange_id, log_index, 'a-council', 'a-council-ig-1', now(), 0, '{}', '{}' FROM log_entries`,
};
