import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { projectFolder } from '../../../src/config/index.js';
import { leafHashOf } from '../../../src/disclosure-log/tree/commitment.js';
import { signCheckpoint } from '../../../src/disclosure-log/tree/checkpoint.js';
import {
  verifierKey,
  verifyAside,
  verifyLog,
  type ExchangeEntry,
  type LogEntry,
  type NoteKey,
} from '../../../src/disclosure-log/index.js';
import { GrowingTree } from '../../../src/disclosure-log/tree/merkle-tree.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { decisionEntry, logSigner, openLog } from '../../support/log.js';
import { until } from '../../support/until.js';

/** Batches of these sizes make checkpoints at 1, 4, 9, 10, 23 and 40 entries. */
const BATCHES = [1, 3, 5, 1, 13, 17];
const SIZE = 40;

/** An entry whose decision was made on facts that are archived beside the log. */
function entryWithFacts(): LogEntry {
  const content = '{"on":"2026-11-22"}';
  const hash = createHash('sha256').update(content).digest('hex');
  const { claims, detail } = decisionEntry() as ExchangeEntry;
  return { claims, detail: { ...detail, factsHash: hash }, facts: { hash, content } };
}

describe('verifying the disclosure log (invariant 7)', () => {
  let database: TestDatabase;
  let client: pg.Client;
  /** What somebody kept outside: the newest checkpoint, and one from before. */
  let kept: string;
  let keptEarlier: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    const log = openLog(database.applicationUrl);
    for (const count of BATCHES) {
      // The first of them begins a batch of its own, unless the others are there when it begins.
      await Promise.all(Array.from({ length: count }, () => log.append(entryWithFacts())));
    }
    await log.close();
    client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    const notes = await client.query<{ note: string }>('SELECT note FROM log_checkpoints ORDER BY tree_size');
    kept = notes.rows.at(-1)?.note ?? '';
    keptEarlier = notes.rows.at(-3)?.note ?? '';
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(sql, values)).rows;
  /** Verifies after tampering, and undoes it. */
  const findings = async (
    tamper: (() => Promise<unknown>) | string,
    held: readonly string[] = [],
    key: NoteKey = logSigner,
  ): Promise<readonly string[]> => {
    await client.query('BEGIN');
    try {
      await (typeof tamper === 'string' ? client.query(tamper) : tamper());
      return (await verifyLog(query, key, held)).findings.map(({ sentence }) => sentence);
    } finally {
      await client.query('ROLLBACK');
    }
  };

  it('finds nothing in a log that nobody touched, also against checkpoints that were kept', async () => {
    const { entries, checkpoints, findings: found } = await verifyLog(query, logSigner, [kept, keptEarlier]);
    expect(found).toEqual([]);
    expect(entries).toBe(SIZE);
    expect(checkpoints).toBeGreaterThan(BATCHES.length);
  });

  it('finds nothing in a log without entries', async () => {
    expect(await findings('TRUNCATE log_checkpoints, log_nodes, log_bodies, log_entries CASCADE')).toEqual([]);
  });

  const onEntry7 = /entry 7\b|Entry 7\b/;
  it.each<[string, string, RegExp]>([
    [
      'what an entry claims',
      `UPDATE log_bodies SET claims = replace(claims, 'a-council', 'b-council') WHERE log_index = 7`,
      onEntry7,
    ],
    ['one space in what an entry claims', `UPDATE log_bodies SET claims = claims || ' ' WHERE log_index = 7`, onEntry7],
    [
      'the detail of an entry',
      `UPDATE log_bodies SET detail = replace(detail, '[]', '["a"]') WHERE log_index = 7`,
      onEntry7,
    ],
    ['a salt', `UPDATE log_bodies SET salt = set_byte(salt, 31, get_byte(salt, 31) # 1) WHERE log_index = 7`, onEntry7],
    [
      'a leaf',
      `UPDATE log_entries SET leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1) WHERE log_index = 7`,
      onEntry7,
    ],
    ['the kind that searches use', `UPDATE log_entries SET kind = 'outcome' WHERE log_index = 7`, onEntry7],
    [
      'the exchange that searches use',
      `UPDATE log_entries SET exchange_id = gen_random_uuid() WHERE log_index = 7`,
      onEntry7,
    ],
    ['the exchange, taken away', `UPDATE log_entries SET exchange_id = NULL WHERE log_index = 7`, onEntry7],
    [
      'the requester that searches use',
      `UPDATE log_entries SET requester_agency = 'b-council' WHERE log_index = 7`,
      onEntry7,
    ],
    ['the supplier that searches use', `UPDATE log_entries SET supplier_agency = NULL WHERE log_index = 7`, onEntry7],
    [
      'the bodies of two entries, swapped',
      `UPDATE log_bodies b SET claims = o.claims, detail = o.detail, salt = o.salt FROM log_bodies o WHERE (b.log_index, o.log_index) IN ((7, 8), (8, 7))`,
      onEntry7,
    ],
    [
      'the leaves of two entries, swapped',
      `UPDATE log_entries e SET leaf_hash = o.leaf_hash FROM log_entries o WHERE (e.log_index, o.log_index) IN ((7, 8), (8, 7))`,
      onEntry7,
    ],
    ['a body, removed', `DELETE FROM log_bodies WHERE log_index = 7`, /body of entry 7 is missing/],
    [
      'a body that no entry has',
      `INSERT INTO log_bodies SELECT ${SIZE}, claims, detail, salt FROM log_bodies WHERE log_index = 7`,
      /a body of entry 40, and no such entry/,
    ],
    [
      'an entry, removed',
      `DELETE FROM log_bodies WHERE log_index = 7; DELETE FROM log_entries WHERE log_index = 7`,
      /Entry 7 is missing; the next one found is 8/,
    ],
    [
      'the last entry, removed',
      `DELETE FROM log_bodies WHERE log_index = ${SIZE - 1}; DELETE FROM log_entries WHERE log_index = ${SIZE - 1}`,
      /signs 40 entries; there are 39/,
    ],
    ['all entries, removed', 'TRUNCATE log_bodies, log_entries CASCADE', /signs 40 entries; there are 0/],
    [
      'the facts of a decision',
      `UPDATE decision_facts SET content = replace(content, '2026', '2025')`,
      /facts that entry 7 was decided on are missing or changed/,
    ],
    ['the facts of a decision, removed', 'DELETE FROM decision_facts', /facts that entry 7 was decided on are missing/],
    [
      'a node of the tree',
      `UPDATE log_nodes SET hash = decode(repeat('11', 32), 'hex') WHERE level = 2 AND node_index = 1`,
      /node 1 at level 2 is missing or changed/,
    ],
    [
      'a node, removed',
      'DELETE FROM log_nodes WHERE level = 1 AND node_index = 3',
      /node 3 at level 1 is missing or changed/,
    ],
    [
      'the root of a checkpoint',
      `UPDATE log_checkpoints SET root_hash = decode(repeat('11', 32), 'hex') WHERE tree_size = ${SIZE}`,
      /checkpoint of 40 entries is not one that the log's key signed/,
    ],
    [
      'the size of a checkpoint',
      `UPDATE log_checkpoints SET tree_size = 39 WHERE tree_size = ${SIZE}`,
      /checkpoint of 39 entries is not one/,
    ],
    [
      'the note of a checkpoint',
      `UPDATE log_checkpoints SET note = replace(note, E'\\n${SIZE}\\n', E'\\n39\\n') WHERE tree_size = ${SIZE}`,
      /checkpoint of 40 entries is not one/,
    ],
    [
      'the newest checkpoint, removed',
      `DELETE FROM log_checkpoints WHERE tree_size = ${SIZE}`,
      /No checkpoint signs the entries from \d+ on/,
    ],
    ['all checkpoints, removed', 'DELETE FROM log_checkpoints', /No checkpoint signs the entries from 0 on/],
  ])('finds and names a change of %s', async (_what, sql, finding) => {
    expect(await findings(sql)).toEqual(expect.arrayContaining([expect.stringMatching(finding)]));
  });

  it('finds an entry that was put at the end without a checkpoint', async () => {
    const tamper = async (): Promise<void> => {
      await copyEntry(SIZE - 1, SIZE);
    };
    expect(await findings(tamper)).toContain(`No checkpoint signs the entries from ${SIZE} on.`);
  });

  it('finds an entry that was put at the end under a checkpoint of another key', async () => {
    const other = { name: logSigner.name, key: generateKeyPairSync('ed25519').privateKey };
    const tamper = async (): Promise<void> => {
      await copyEntry(SIZE - 1, SIZE);
      await rebuild(SIZE, SIZE + 1, other);
    };
    const found = await findings(tamper);
    expect(found).toContain(`The checkpoint of ${SIZE + 1} entries is not one that the log's key signed.`);
    expect(found).toContain(`No checkpoint signs the entries from ${SIZE} on.`);
  });

  it('finds a fork: an earlier entry rewritten with everything above it, and signed with another key', async () => {
    const other = { name: logSigner.name, key: generateKeyPairSync('ed25519').privateKey };
    const tamper = async (): Promise<void> => {
      await rewriteEntry(7);
      await rebuild(7, SIZE, other);
    };
    const found = await findings(tamper);
    expect(found).toContain(`The checkpoint of ${SIZE} entries is not one that the log's key signed.`);
    // To whoever is handed the other key the fork looks whole, unless they kept a checkpoint.
    expect(await findings(tamper, [], other)).not.toContain(
      `The checkpoint of ${SIZE} entries is not one that the log's key signed.`,
    );
    expect(await findings(tamper, [kept], other)).toContain(
      "The kept checkpoint 1 is not one that the log's key signed.",
    );
  });

  it('finds a fork that whoever runs the gateway signed with the log’s own key, against a checkpoint that was kept', async () => {
    const tamper = async (): Promise<void> => {
      await rewriteEntry(7);
      await client.query('DELETE FROM log_checkpoints WHERE tree_size > 7');
      await rebuild(7, SIZE, logSigner);
    };
    // Nobody who looks at the database alone could tell: hence witnesses, and receipts that carry their checkpoint.
    expect(await findings(tamper)).toEqual([]);
    expect(await findings(tamper, [kept])).toEqual([
      `The kept checkpoint 1 of ${SIZE} entries signs another tree than the entries make.`,
      `The log was forked: its key signed a tree of ${SIZE} entries, and one of ${SIZE} that does not begin with it.`,
    ]);
    expect(await findings(tamper, [keptEarlier])).toEqual([
      expect.stringMatching(/^The kept checkpoint 1 of \d+ entries signs another tree than the entries make/),
      expect.stringMatching(/^The log was forked: its key signed a tree of \d+ entries, and one of 40 that/),
    ]);
  });

  it('finds a log that was wound back to an earlier state, against a checkpoint that was kept', async () => {
    const size = Number(keptEarlier.split('\n')[1]);
    const tamper = async (): Promise<void> => {
      for (const table of ['log_bodies', 'log_entries'])
        await client.query(`DELETE FROM ${table} WHERE log_index >= $1`, [size]);
      await client.query('DELETE FROM log_checkpoints WHERE tree_size > $1', [size]);
      await client.query('DELETE FROM log_nodes WHERE node_index >= $1::bigint >> level', [size]);
    };
    expect(await findings(tamper)).toEqual([]);
    expect(await findings(tamper, [keptEarlier])).toEqual([]);
    expect(await findings(tamper, [keptEarlier, kept])).toEqual([
      `The kept checkpoint 2 signs ${SIZE} entries; there are ${size}.`,
    ]);
  });

  it('takes no checkpoint for one that was kept unless the log’s key signed it', async () => {
    for (const note of [
      kept.replace('gateway.test', 'gateway.other'),
      kept.replace('\n\n', '\nmore\n\n'),
      'nothing',
      '',
    ]) {
      expect(await findings('SELECT', [note])).toEqual(["The kept checkpoint 1 is not one that the log's key signed."]);
    }
  });

  it('finds a tampering anywhere: any one byte of any leaf, body or salt', async () => {
    for (let entry = 0; entry < SIZE; entry += 3) {
      for (const sql of [
        `UPDATE log_entries SET leaf_hash = set_byte(leaf_hash, ${entry % 32}, get_byte(leaf_hash, ${entry % 32}) # 128) WHERE log_index = ${entry}`,
        `UPDATE log_bodies SET salt = set_byte(salt, ${entry % 32}, get_byte(salt, ${entry % 32}) # 128) WHERE log_index = ${entry}`,
        `UPDATE log_bodies SET detail = overlay(detail placing '~' from ${entry + 1} for 1) WHERE log_index = ${entry}`,
      ]) {
        expect((await findings(sql)).some((finding) => finding.includes(`entry ${entry} `))).toBe(true);
      }
    }
  });

  it('finds the same on a thread of its own, no faster than it is told, and can be given up', async () => {
    const order = { databaseUrl: database.applicationUrl, key: verifierKey(logSigner), rate: 20 };
    const began = performance.now();
    const never = new AbortController().signal;
    expect(await verifyAside(order, never)).toEqual({ ...(await verifyLog(query, logSigner)), treeSize: SIZE });
    expect(performance.now() - began).toBeGreaterThan((SIZE / order.rate) * 1_000);
    await client.query(`UPDATE log_entries SET kind = 'outcome' WHERE log_index = 7`);
    const { findings: found } = await verifyAside({ ...order, rate: 1_000_000 }, never);
    await client.query(`UPDATE log_entries SET kind = 'decision' WHERE log_index = 7`);
    expect(found).toMatchObject([{ kind: 'columns-changed', entries: [7, 7] }]);
    await expect(verifyAside({ ...order, rate: 0.01 }, AbortSignal.timeout(500))).rejects.toThrow('aborted');
    await until(
      async () =>
        (
          await query(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'gatehouse-verification'
      AND datname = current_database()`)
        ).length === 0,
    );
    await expect(verifyAside({ ...order, databaseUrl: `${order.databaseUrl}x` }, never)).rejects.toThrow(
      'does not exist',
    );
  });

  describe('on the command line', () => {
    const run = async (...more: string[]): Promise<{ code: number; text: string }> => {
      const command = [
        path.join(projectFolder(), 'bin', 'gatehouse.mjs'),
        'log',
        'verify',
        '--key',
        verifierKey(logSigner),
      ];
      const env = { PATH: process.env['PATH'], DATABASE_URL: database.applicationUrl };
      try {
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [...command, ...more], { env });
        return { code: 0, text: stdout + stderr };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, text: stdout + stderr };
      }
    };

    it('ends with 0 for a whole log, and with 1 and the findings for any other', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-kept-'));
      const file = path.join(folder, 'checkpoint');
      await writeFile(file, kept);
      try {
        const whole = await run('--checkpoint', file);
        expect(whole).toMatchObject({ code: 0, text: expect.stringContaining(`${SIZE} entries`) as string });
        await client.query(`UPDATE log_entries SET kind = 'outcome' WHERE log_index = 7`);
        const changed = await run();
        await client.query(`UPDATE log_entries SET kind = 'decision' WHERE log_index = 7`);
        expect(changed.code).toBe(1);
        expect(changed.text).toContain('does NOT verify');
        expect(changed.text).toMatch(/columns of entry 7 do not say what its body says/);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  async function copyEntry(from: number, to: number): Promise<void> {
    for (const [table, columns] of [
      ['log_entries', 'kind, exchange_id, recorded_at, requester_agency, supplier_agency, leaf_hash'],
      ['log_bodies', 'claims, detail, salt'],
    ]) {
      await client.query(`INSERT INTO ${table} SELECT $2, ${columns} FROM ${table} WHERE log_index = $1`, [from, to]);
    }
  }

  /** Changes what an entry claims, and makes its leaf anew so that the two fit. */
  async function rewriteEntry(index: number): Promise<void> {
    const [body] = await query<{ claims: string; detail: string; salt: Buffer }>(
      'SELECT * FROM log_bodies WHERE log_index = $1',
      [index],
    );
    if (!body) throw new Error('no such entry');
    const claims = body.claims.replace('social-worker', 'somebody-else');
    await client.query('UPDATE log_bodies SET claims = $2 WHERE log_index = $1', [index, claims]);
    await client.query('UPDATE log_entries SET leaf_hash = $2 WHERE log_index = $1', [
      index,
      leafHashOf({ ...body, claims }, body.salt),
    ]);
  }

  /** Makes every node anew, and a checkpoint over `size` entries in place of those after `from`. */
  async function rebuild(from: number, size: number, signer: NoteKey): Promise<void> {
    await client.query('DELETE FROM log_nodes');
    await client.query('DELETE FROM log_checkpoints WHERE tree_size > $1', [from]);
    const tree = new GrowingTree(0, []);
    for (const { leaf_hash } of await query<{ leaf_hash: Buffer }>(
      'SELECT leaf_hash FROM log_entries ORDER BY log_index',
    )) {
      for (const { level, index, hash } of tree.add(leaf_hash)) {
        await client.query('INSERT INTO log_nodes VALUES ($1, $2, $3)', [level, index, hash]);
      }
    }
    const root = tree.root();
    const note = signCheckpoint({ origin: signer.name, size, root }, signer);
    await client.query('INSERT INTO log_checkpoints VALUES ($1, $2, $3, now())', [size, root, note]);
  }
});
