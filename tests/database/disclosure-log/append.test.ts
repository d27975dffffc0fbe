import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUIDv7 as uuid } from 'node:crypto';
import pg from 'pg';
import {
  commit,
  DisclosureLog,
  EntryStale,
  hashLeaf,
  LogUnavailable,
  openCheckpoint,
  verifyInclusion,
  type ExchangeEntry,
} from '../../../src/disclosure-log/index.js';
import { growTree, storeGrowth } from '../../../src/disclosure-log/append-entries.js';
import { GrowingTree, peaksOf } from '../../../src/disclosure-log/tree/merkle-tree.js';
import type { Query } from '../../../src/disclosure-log/tree-state.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, FIXED_NOW, logSigner, openLog } from '../../support/log.js';

describe('appending to the disclosure log', () => {
  let database: TestDatabase;
  const opened: DisclosureLog[] = [];
  const open = (signer = logSigner): DisclosureLog => {
    const log = openLog(database.applicationUrl, signer);
    opened.push(log);
    return log;
  };

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()));
    await database.drop();
  });

  const count = async (): Promise<number> =>
    Number((await runAsOwner<{ n: string }>(database.ownerUrl, 'SELECT count(*) AS n FROM log_entries'))[0]!.n);

  const permission = async (change: Record<string, unknown>): Promise<string> => {
    const row: Record<string, unknown> = {
      id: uuid(),
      recorded_by: 'a',
      recorded_by_system: 's',
      answer: 'given',
      kind: 'confidentiality',
      purpose: 'p',
      recipients: [],
      items: [],
      given_by: 'self',
      capacity: 'own',
      method: 'online',
      wording_version: '1',
      language: 'en',
      valid_from: '2026-01-01',
      valid_until: '2027-01-01',
      subject_handles: [],
      recorded_at: '2026-01-01',
      ...change,
    };
    const places = Object.keys(row).map((_, i) => `$${i + 1}`);
    await runAsOwner(
      database.ownerUrl,
      `INSERT INTO permissions (${Object.keys(row).join()}) VALUES (${places.join()})`,
      Object.values(row),
    );
    return String(row['id']);
  };

  it('gives each entry a proof that holds against the signed checkpoint', async () => {
    const log = open();
    const recorded = await Promise.all(Array.from({ length: 70 }, () => log.append(decisionEntry())));
    const later = await log.append(decisionEntry());
    for (const entry of [...recorded, later]) {
      const checkpoint = openCheckpoint(entry.checkpoint, logSigner)!;
      expect(checkpoint.size).toBe(entry.treeSize);
      expect(
        verifyInclusion(entry.index, checkpoint.size, entry.leafHash, entry.inclusionProof(), checkpoint.root),
      ).toBe(true);
      expect(hashLeaf(commit(entry.text.claims, entry.opening())).equals(entry.leafHash)).toBe(true);
    }
    expect(new Set([...recorded, later].map((entry) => entry.index)).size).toBe(71);
  });

  it('stores to the letter what an entry says, whatever characters are in it', async () => {
    const said = Array.from({ length: 0x2030 }, (_, code) => String.fromCharCode(code)).join('') + '\u{1f9ef}';
    const { claims, detail } = decisionEntry() as ExchangeEntry;
    const entry: ExchangeEntry = {
      claims: { ...claims, justification: said },
      detail: { ...detail, caseReferenceHandle: said },
    };
    const log = open();
    const recorded = await Promise.all([log.append(decisionEntry()), log.append(entry), log.append(decisionEntry())]);
    const stored = await runAsOwner<{ claims: string; detail: string }>(
      database.ownerUrl,
      'SELECT claims, detail FROM log_bodies ORDER BY log_index',
    );
    expect(stored).toEqual(recorded.map(({ text }) => text));
    expect(JSON.parse(stored[1]!.claims)).toEqual(entry.claims);
    expect(JSON.parse(stored[1]!.detail)).toEqual(entry.detail);
  });

  it('writes what waits in one commit', async () => {
    const log = open();
    await Promise.all(Array.from({ length: 50 }, () => log.append(decisionEntry())));
    const checkpoints = await runAsOwner(database.ownerUrl, 'SELECT tree_size FROM log_checkpoints');
    expect(checkpoints.length).toBeLessThanOrEqual(2);
  });

  it('grows one tree from several replicas at once', async () => {
    const logs = [open(), open(), open()];
    const recorded = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        await sleep(i % 7);
        return logs[i % 3]!.append(decisionEntry());
      }),
    );
    expect(recorded.map((entry) => entry.index).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    for (const entry of recorded) {
      expect(verifyInclusion(entry.index, entry.treeSize, entry.leafHash, entry.inclusionProof(), entry.root)).toBe(
        true,
      );
    }
  });

  it('goes on with the tree that it finds after a restart', async () => {
    await Promise.all(Array.from({ length: 13 }, () => open().append(decisionEntry())));
    const next = await open().append(decisionEntry());
    expect(next.index).toBe(13);
    expect(verifyInclusion(13, 14, next.leafHash, next.inclusionProof(), next.root)).toBe(true);
  });

  it('refuses an entry that was decided on an earlier revision of the register', async () => {
    const log = open();
    await log.append(decisionEntry(), { registerRevision: 0 });
    await runAsOwner(database.ownerUrl, 'UPDATE register_revision SET revision = 1');
    await expect(log.append(decisionEntry(), { registerRevision: 0 })).rejects.toEqual(
      new EntryStale('register-changed'),
    );
    expect(await count()).toBe(1);
  });

  it('refuses an entry that relies on a permission that does not stand as it was read, and takes the others of the batch', async () => {
    const given = await permission({});
    const withdrawn = await permission({ withdrawn_at: '2026-11-01' });
    const refused = await permission({ answer: 'refused', valid_until: null });
    const ended = await permission({ valid_until: '2026-11-01' });
    const askedAgain = await permission({ revision: 4 });
    const log = open();
    await log.append(decisionEntry());
    const relyingOn = (...ids: string[]) => ({ permissions: ids.map((id) => ({ id, revision: 0 })) });
    const outcomes = await Promise.allSettled([
      log.append(decisionEntry(), relyingOn(given)),
      log.append(decisionEntry(), relyingOn(given, withdrawn)),
      log.append(decisionEntry(), relyingOn(uuid())),
      log.append(decisionEntry(), relyingOn(refused)),
      log.append(decisionEntry(), relyingOn(ended)),
      log.append(decisionEntry(), relyingOn(askedAgain)),
      log.append(decisionEntry(), { permissions: [{ id: askedAgain, revision: 4 }] }),
      log.append(decisionEntry()),
    ]);
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(await count()).toBe(4);
  });

  it('puts an entry that relies on a permission before the withdrawal of it in the same batch, also when it changes something itself', async () => {
    const given = await permission({});
    const log = open();
    await log.append(decisionEntry());
    const withdraw = { sql: 'UPDATE permissions SET withdrawn_at = $2 WHERE id = $1', values: [given, FIXED_NOW] };
    const change = {
      sql: `INSERT INTO override_reviews (id, exchange_id, requester_agency, supplier_agency, opened_at, due_at)
        VALUES ($1, $1, 'a', 'b', $2, $2)`,
      values: [uuid(), FIXED_NOW],
    };
    const [withdrawal, reliant] = await Promise.all([
      log.append(decisionEntry(), {}, withdraw),
      log.append(decisionEntry(), { permissions: [{ id: given, revision: 0 }] }, change),
    ]);
    expect(reliant.treeSize).toBe(withdrawal.treeSize);
    expect(reliant.index).toBeLessThan(withdrawal.index);
  });

  it('never goes back in time, whatever the clock says', async () => {
    await open().append(decisionEntry());
    const clock = { now: () => new Date(FIXED_NOW.getTime() - 86_400_000) };
    const setBack = new DisclosureLog({ databaseUrl: database.applicationUrl, signer: logSigner, clock });
    opened.push(setBack);
    await setBack.append(decisionEntry());
    await setBack.append(decisionEntry());
    expect(setBack.clock.now()).toEqual(FIXED_NOW);
    const times = await runAsOwner<{ at: Date }>(
      database.ownerUrl,
      'SELECT recorded_at AS at FROM log_entries UNION ALL SELECT signed_at FROM log_checkpoints',
    );
    expect(times.map(({ at }) => at)).toEqual(Array(6).fill(FIXED_NOW));
  });

  it('takes a permission to have ended by the time of the log, not of a clock that was set back', async () => {
    const ended = await permission({ valid_until: new Date(FIXED_NOW.getTime() - 1000) });
    await open().append(decisionEntry());
    const clock = { now: () => new Date(FIXED_NOW.getTime() - 86_400_000) };
    const setBack = new DisclosureLog({ databaseUrl: database.applicationUrl, signer: logSigner, clock });
    opened.push(setBack);
    await expect(setBack.append(decisionEntry(), { permissions: [{ id: ended, revision: 0 }] })).rejects.toThrow(
      EntryStale,
    );
  });

  it('stores nothing without the lock, or on a tree that is not the newest', async () => {
    const client = new pg.Client({ connectionString: database.applicationUrl });
    await client.connect();
    try {
      const query: Query = async (sql, values) => (await client.query(sql, values)).rows as never;
      const store = (size: number) =>
        storeGrowth(
          growTree(
            [decisionEntry()],
            new GrowingTree(
              size,
              peaksOf(size).map(() => Buffer.alloc(32)),
            ),
          ),
          {
            query,
            at: FIXED_NOW,
          },
        );
      expect(await store(0)).toEqual([]);
      await client.query('BEGIN; SELECT 1 FROM log_lock FOR UPDATE');
      expect(await store(3)).toEqual([]);
      expect(await store(0)).toHaveLength(1);
      await client.query('ROLLBACK');
      expect(await count()).toBe(0);
    } finally {
      await client.end();
    }
  });

  it.each([
    ['body', 'NEW.claims', 'log_bodies', "replace(NEW.claims, 'a-council', 'b-council')"],
    ['detail', 'NEW.detail', 'log_bodies', "NEW.detail || ' '"],
    ['salt', 'NEW.salt', 'log_bodies', "decode(repeat('00', 32), 'hex')"],
    ['leaf', 'NEW.leaf_hash', 'log_entries', "decode(repeat('00', 32), 'hex')"],
  ])('signs nothing over a %s that was changed on its way to the disk', async (_what, column, table, value) => {
    const log = open();
    await log.append(decisionEntry());
    await runAsOwner(
      database.ownerUrl,
      `CREATE FUNCTION tamper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${column} := ${value}; RETURN NEW; END $$;
       CREATE TRIGGER tamper BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION tamper()`,
    );
    await expect(log.append(decisionEntry())).rejects.toThrow(LogUnavailable);
    expect(log.readiness()).toMatchObject({ ok: false, reason: expect.stringContaining('damaged') as string });
    expect(await count()).toBe(1);
    await runAsOwner(database.ownerUrl, `DROP TRIGGER tamper ON ${table}`);
    expect((await log.append(decisionEntry())).index).toBe(1);
    expect(log.readiness()).toEqual({ ok: true });
  });

  it.each([
    ['the newest checkpoint was replaced', `UPDATE log_checkpoints SET root_hash = decode(repeat('11', 32), 'hex')`],
    ['a node was replaced', `UPDATE log_nodes SET hash = decode(repeat('11', 32), 'hex')`],
    ['the checkpoints were removed', 'DELETE FROM log_checkpoints'],
  ])('signs nothing more after %s', async (_what, sql) => {
    const log = open();
    await log.append(decisionEntry());
    await log.append(decisionEntry());
    await runAsOwner(database.ownerUrl, sql);
    await expect(open().append(decisionEntry())).rejects.toThrow(LogUnavailable);
    expect(await count()).toBe(2);
  });

  it('signs nothing under another key than the log began with', async () => {
    await open().append(decisionEntry());
    const { generateKeyPairSync } = await import('node:crypto');
    const other = open({ name: logSigner.name, key: generateKeyPairSync('ed25519').privateKey });
    await expect(other.append(decisionEntry())).rejects.toThrow(LogUnavailable);
  });

  it('commits a change with the entry, and neither where the change finds nothing to change', async () => {
    const log = open();
    const set = (revision: number, from: number) => ({
      sql: 'UPDATE register_revision SET revision = $1 WHERE revision = $2',
      values: [revision, from],
    });
    await log.append(decisionEntry(), {}, set(5, 0));
    await expect(log.append(decisionEntry(), {}, set(6, 0))).rejects.toEqual(new EntryStale('nothing-changed'));
    await expect(log.append(decisionEntry(), { registerRevision: 4 }, set(7, 5))).rejects.toThrow(EntryStale);
    expect(await runAsOwner(database.ownerUrl, 'SELECT revision FROM register_revision')).toEqual([{ revision: '5' }]);
    expect(await count()).toBe(1);
  });
});
