import fc from 'fast-check';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { AccessStore } from '../../../src/access/access-store.js';
import { AuthorizationRecords } from '../../../src/access/authorization-records.js';
import { ExpiredRecords } from '../../../src/access/expired-records.js';
import { UsedProofs } from '../../../src/access/used-proofs.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';

const NOW = Date.parse('2026-11-22T10:00:00Z') / 1000;
const byNumber = (one: number, other: number): number => one - other;

describe('used proofs', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];
  const stores: AccessStore[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    for (let replica = 0; replica < 2; replica += 1) {
      const source = new DataSource({ type: 'postgres', url: database.applicationUrl });
      await source.initialize();
      sources.push(source);
      stores.push(new AccessStore(source));
    }
  });
  afterAll(async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await database.drop();
  });
  const proof = (jti: string): { jti: string; iat: number } => ({ jti, iat: NOW });

  it('are claimed once each, whatever is claimed together on two replicas in whatever order', async () => {
    const replicas = stores.map((store) => new UsedProofs(store));
    let run = 0;
    const claim = fc.record({ replica: fc.nat(1), jti: fc.nat(12), pause: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(claim, { minLength: 1, maxLength: 80 }), async (claims) => {
        run += 1;
        const answers: Promise<boolean>[] = [];
        for (const { replica, jti, pause } of claims) {
          answers.push(replicas[replica]!.claim('key', proof(`${run}-${jti}`)));
          if (pause) await new Promise(setImmediate);
        }
        const won = (await Promise.all(answers)).flatMap((first, i) => (first ? [claims[i]!.jti] : []));
        expect(won.toSorted(byNumber)).toEqual([...new Set(claims.map(({ jti }) => jti))].toSorted(byNumber));
      }),
      { numRuns: 40 },
    );
  });

  it('do not deadlock when two replicas claim the same ones in opposite order', async () => {
    const replicas = stores.map((store) => new UsedProofs(store));
    for (let round = 0; round < 10; round += 1) {
      const jtis = Array.from({ length: 900 }, (_, i) => `${round}-${i}`);
      const orders = [jtis, jtis.toReversed()];
      const answers = await Promise.all(
        replicas.flatMap((replica, i) => (orders[i] ?? []).map((jti) => replica.claim('deadlock', proof(jti)))),
      );
      expect(answers.filter(Boolean)).toHaveLength(900);
    }
  });

  it('are told apart by key as well as by jti', async () => {
    const proofs = new UsedProofs(stores[0]!);
    expect(await Promise.all([proofs.claim('one', proof('same')), proofs.claim('two', proof('same'))])).toEqual([
      true,
      true,
    ]);
  });

  it('leave as a hash: neither key nor jti is kept', async () => {
    await new UsedProofs(stores[0]!).claim('unmistakable-key', proof('unmistakable-jti'));
    const rows = await runAsOwner<{ text: string }>(
      database.ownerUrl,
      'SELECT used_proofs::text AS text FROM used_proofs',
    );
    expect(rows.map((row) => row.text).join()).not.toContain(Buffer.from('unmistakable').toString('hex'));
  });

  it('go out together: one statement for all that wait', async () => {
    let statements = 0;
    const counting = Object.create(stores[0]!, {
      run: {
        value: async (text: string, values: unknown[]) => {
          statements += 1;
          return await stores[0]!.run(text, values);
        },
      },
    }) as AccessStore;
    const proofs = new UsedProofs(counting);
    await Promise.all(Array.from({ length: 200 }, (_, i) => proofs.claim('batch', proof(`${i}`))));
    expect(statements).toBe(2);
  });

  it('cannot be claimed while the table is blocked, and can again afterwards', async () => {
    const proofs = new UsedProofs(stores[0]!);
    const blocker = new pg.Client({ connectionString: database.ownerUrl });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE used_proofs IN ACCESS EXCLUSIVE MODE');
    try {
      const answers = await Promise.allSettled(['a', 'b', 'c'].map((jti) => proofs.claim('blocked', proof(jti))));
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE', status: 503 } });
      }
    } finally {
      await blocker.end();
    }
    expect(await proofs.claim('blocked', proof('d'))).toBe(true);
  });

  it('are deleted once they are too old to be accepted on any replica, and not before', async () => {
    await runAsOwner(database.ownerUrl, 'TRUNCATE used_proofs, authorization_records');
    let now = NOW;
    const expired = new ExpiredRecords(stores[0]!, { now: () => new Date(now * 1000) });
    const count = async (): Promise<unknown[]> =>
      await runAsOwner(
        database.ownerUrl,
        'SELECT (SELECT count(*)::int FROM used_proofs) AS proofs, (SELECT count(*)::int FROM authorization_records) AS records',
      );
    await new UsedProofs(stores[0]!).claim('old', { jti: 'x', iat: NOW });
    await new AuthorizationRecords(stores[0]!).useOnce('system', 'jti', NOW);
    now = NOW + 60;
    await expired.deleteExpired();
    expect(await count()).toEqual([{ proofs: 1, records: 1 }]);
    now = NOW + 301;
    await expired.deleteExpired();
    expect(await count()).toEqual([{ proofs: 0, records: 0 }]);
  });

  it('are deleted in more than one batch', async () => {
    await runAsOwner(
      database.ownerUrl,
      `INSERT INTO used_proofs SELECT sha256(i::text::bytea), to_timestamp(0) FROM generate_series(1, 12000) i`,
    );
    await new ExpiredRecords(stores[0]!, { now: () => new Date(NOW * 1000) }).deleteExpired();
    expect(await runAsOwner(database.ownerUrl, 'SELECT 1 FROM used_proofs WHERE expires_at = to_timestamp(0)')).toEqual(
      [],
    );
  });
});

describe('an assertion', () => {
  it('is used once, and never mistaken for that of another client', async () => {
    const database = await createTestDatabase();
    const source = await new DataSource({ type: 'postgres', url: database.applicationUrl }).initialize();
    try {
      const records = new AuthorizationRecords(new AccessStore(source));
      expect(await records.useOnce('ab', 'c', NOW)).toBe(true);
      expect(await records.useOnce('ab', 'c', NOW)).toBe(false);
      expect(await records.useOnce('a', 'bc', NOW)).toBe(true);
    } finally {
      await source.destroy();
      await database.drop();
    }
  });
});
