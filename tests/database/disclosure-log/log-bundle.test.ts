import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { signCheckpoint } from '../../../src/disclosure-log/tree/checkpoint.js';
import {
  BundleFolderNotEmpty,
  exportLog,
  verifierKey,
  verifyBundle,
  verifyLog,
  type LogEntry,
} from '../../../src/disclosure-log/index.js';
import { editLine, editLines } from '../../support/bundle.js';
import { startCommand } from '../../support/command.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { fillLog, fullEntry } from '../../support/fill-log.js';
import { logSigner } from '../../support/log.js';

/** Entries 3 to 5 and 9 are erased by entry 20. Checkpoints at 10, 20, 30 and 40. */
const SIZE = 40;
const ERASURE = 20;
const ERASED = [
  [3, 5],
  [9, 9],
];

function erasure(erased: unknown): LogEntry {
  const at = '2026-11-22T09:30:00.000Z';
  const claims = { kind: 'bodies-erased', at, erased, reason: 'retention-ended', orderedBy: null };
  return { claims, detail: {} } as unknown as LogEntry;
}

describe('a log with erased bodies, in the database and exported', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let folder: string;
  let bundle: string;
  /** The body of entry 4, before it was erased. */
  let body4: unknown[];
  beforeAll(async () => {
    database = await createTestDatabase();
    const entry = (place: number): LogEntry => (place === ERASURE ? erasure(ERASED) : fullEntry());
    await fillLog(database.ownerUrl, logSigner, { count: SIZE, batch: 10, entry });
    client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    const [body] = await query<Record<string, unknown>>('SELECT * FROM log_bodies WHERE log_index = 4');
    body4 = Object.values(body!);
    await client.query('DELETE FROM log_bodies WHERE log_index IN (3, 4, 5, 9)');
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-bundle-'));
    bundle = path.join(folder, 'whole');
    await exportLog(query, bundle);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(sql, values)).rows;
  let copies = 0;
  const copy = (): string => path.join(folder, `copy-${copies++}`);

  it('verifies in both, and both say the same of it', async () => {
    const stored = await verifyLog(query, logSigner);
    expect(stored).toEqual({ entries: SIZE, checkpoints: 4, findings: [] });
    expect(await verifyBundle(bundle, logSigner)).toEqual(stored);
    // Also in pages that end where nothing else does, and with what is told of the progress.
    const told: number[][] = [];
    await verifyBundle(bundle, logSigner, [], (done, of) => void told.push([done, of]));
    expect(told.at(-1)).toEqual([SIZE, SIZE]);
  });

  describe('when the database was changed', () => {
    it.each<[string, string, string]>([
      [
        'a body that nobody erased is gone',
        'DELETE FROM log_bodies WHERE log_index = 12',
        'The body of entry 12 is missing, and no entry says that it was erased.',
      ],
      [
        'bodies next to erased ones are gone',
        'DELETE FROM log_bodies WHERE log_index IN (2, 6, 7)',
        'The body of entries 6 to 7 is missing, and no entry says that it was erased.',
      ],
      [
        'the body of what says so is gone',
        `DELETE FROM log_bodies WHERE log_index = ${ERASURE}`,
        'The body of entries 3 to 5 is missing, and no entry says that it was erased.',
      ],
      [
        'what was erased is said to be less',
        `UPDATE log_bodies SET claims = replace(claims, '[9,9]', '[8,8]') WHERE log_index = ${ERASURE}`,
        `The body of entry ${ERASURE} does not make its leaf.`,
      ],
      [
        'a column is other than the body says',
        `UPDATE log_entries SET supplier_agency = 'b-trust' WHERE log_index = 30`,
        'The columns of entry 30 do not say what its body says.',
      ],
      [
        'entries are gone between others',
        'DELETE FROM log_bodies WHERE log_index IN (13, 14); DELETE FROM log_entries WHERE log_index IN (13, 14)',
        'Entries 13 to 14 are missing; the next one found is 15.',
      ],
      [
        'a checkpoint is signed by another key',
        `UPDATE log_checkpoints SET note = replace(note, '— gateway.test/log ', '— gateway.test/log A') WHERE tree_size = 20`,
        "The checkpoint of 20 entries is not one that the log's key signed.",
      ],
      [
        'the facts are gone',
        'DELETE FROM decision_facts',
        'The facts that entry 0 was decided on are missing or changed.',
      ],
    ])('finds and names that %s, and so in what is exported of it', async (_what, sql, finding) => {
      await client.query('BEGIN');
      try {
        await client.query(sql);
        const { findings } = await verifyLog(query, logSigner);
        expect(findings.map(({ sentence }) => sentence)).toContain(finding);
        const exported = copy();
        await exportLog(query, exported);
        expect((await verifyBundle(exported, logSigner)).findings).toEqual(findings);
      } finally {
        await client.query('ROLLBACK');
      }
    });

    it('finds a body that is still there although an entry says that it was erased', async () => {
      await client.query('BEGIN');
      try {
        await client.query('INSERT INTO log_bodies VALUES ($1, $2, $3, $4)', body4);
        const expected = {
          kind: 'body-not-erased',
          entries: [4, 4],
          sentence: `The body of entry 4 is still there, and entry ${ERASURE} says that it was erased.`,
        };
        expect((await verifyLog(query, logSigner)).findings).toEqual([expected]);
        const exported = copy();
        await exportLog(query, exported);
        expect((await verifyBundle(exported, logSigner)).findings).toEqual([expected]);
      } finally {
        await client.query('ROLLBACK');
      }
    });

    it.each([[[[3, 41]]], [[[5, 3]]], [[[1.5, 2]]], [['3']], ['all'], [null]])(
      'takes %j for no account of what was erased',
      async (erased) => {
        const other = await createTestDatabase();
        try {
          const entry = (place: number): LogEntry => (place === 2 ? erasure(erased) : fullEntry());
          await fillLog(other.ownerUrl, logSigner, { count: 5, entry });
          const owner = new pg.Client({ connectionString: other.ownerUrl });
          await owner.connect();
          const { findings } = await verifyLog(async (sql, values) => (await owner.query(sql, values)).rows, logSigner);
          await owner.end();
          expect(findings.map(({ sentence }) => sentence)).toEqual([
            'Entry 2 does not say which earlier bodies were erased.',
          ]);
        } finally {
          await other.drop();
        }
      },
    );

    it.each([
      ['claims', { claims: Object.assign([1], { kind: 'definitions-applied' }) }],
      ['detail', { detail: [1] }],
    ])('finds a body that makes its leaf and is none that a gateway writes: its %s', async (_part, part) => {
      const other = await createTestDatabase();
      const owner = new pg.Client({ connectionString: other.ownerUrl });
      try {
        const entry = (place: number): LogEntry =>
          ({ ...fullEntry(), ...(place === 2 && part) }) as unknown as LogEntry;
        await fillLog(other.ownerUrl, logSigner, { count: 5, entry });
        await owner.connect();
        const { findings } = await verifyLog(async (sql, values) => (await owner.query(sql, values)).rows, logSigner);
        const sentence = 'The body of entry 2 is not one that a gateway writes.';
        expect(findings).toEqual([{ kind: 'body-changed', entries: [2, 2], sentence }]);
      } finally {
        await owner.end();
        await other.drop();
      }
    });
  });

  describe('when the files of the bundle were changed', () => {
    const findingsAfter = async (
      tamper: (folder: string) => Promise<unknown>,
      kept: readonly string[] = [],
    ): Promise<readonly string[]> => {
      const tampered = copy();
      await cp(bundle, tampered, { recursive: true });
      await tamper(tampered);
      return (await verifyBundle(tampered, logSigner, kept)).findings.map(({ sentence }) => sentence);
    };
    const entry7 = (edit: (entry: any) => unknown) => (at: string) => editLine(at, 'entries.jsonl', 7, edit);
    const lines = (edit: (all: string[]) => readonly string[]) => (at: string) => editLines(at, 'entries.jsonl', edit);
    const checkpoint = (place: number, edit: (one: any) => unknown) => (at: string) =>
      editLine(at, 'checkpoints.jsonl', place, edit);
    const renumbered = (all: readonly string[]): string[] =>
      all.map((line, index) => JSON.stringify({ ...(JSON.parse(line) as object), index }));
    const bodyOf = (change: object) =>
      entry7((entry) => ({ ...entry, body: { ...(entry as { body: object }).body, ...change } }));

    it.each<[string, (at: string) => Promise<unknown>, RegExp]>([
      ['what an entry claims', bodyOf({ claims: '{}' }), /body of entry 7 does not make its leaf/],
      ['the detail of an entry', bodyOf({ detail: '{}' }), /body of entry 7 does not make its leaf/],
      ['a salt', bodyOf({ salt: Buffer.alloc(32).toString('base64') }), /body of entry 7 does not make its leaf/],
      ['a salt that is too short', bodyOf({ salt: '' }), /body of entry 7 does not make its leaf/],
      [
        'a leaf',
        entry7((entry) => ({ ...entry, leafHash: Buffer.alloc(32).toString('base64') })),
        /body of entry 7 does not make its leaf/,
      ],
      [
        'the leaf of an erased entry',
        (at) => editLine(at, 'entries.jsonl', 4, (one) => ({ ...one, leafHash: Buffer.alloc(32).toString('base64') })),
        /checkpoint of 10 entries signs another tree/,
      ],
      ['the kind', entry7((entry) => ({ ...entry, kind: 'outcome' })), /columns of entry 7 do not say/],
      ['the requester', entry7((entry) => ({ ...entry, requester: 'b-council' })), /columns of entry 7 do not say/],
      ['a column, taken away', entry7((entry) => ({ ...entry, supplier: undefined })), /columns of entry 7 do not say/],
      ['a body, taken away', entry7((entry) => ({ ...entry, body: null })), /body of entry 7 is missing, and no entry/],
      ['an entry, removed', lines((all) => all.toSpliced(7, 1)), /Entry 7 is missing; the next one found is 8/],
      [
        'an entry, removed and the others renumbered',
        lines((all) => renumbered(all.toSpliced(17, 1))),
        /checkpoint of 20 entries signs another tree than the entries make; the first 10 are as they were signed/,
      ],
      ['an entry, twice', lines((all) => all.toSpliced(9, 0, all[7]!)), /Entry 7 stands a second time/],
      [
        'an entry, inserted and the others renumbered',
        lines((all) => renumbered(all.toSpliced(17, 0, all[2]!))),
        /checkpoint of 20 entries signs another tree/,
      ],
      [
        'two entries, in the other order',
        lines((all) => all.toSpliced(7, 2, all[8]!, all[7]!)),
        /Entry 7 is missing; the next one found is 8/,
      ],
      [
        'two entries, in the other order and renumbered',
        lines((all) => renumbered(all.toSpliced(27, 2, all[28]!, all[27]!))),
        /checkpoint of 30 entries signs another tree than the entries make; the first 20 are/,
      ],
      ['the last entry, removed', lines((all) => all.slice(0, -1)), /checkpoint signs 40 entries; there are 39/],
      ['everything after the middle of a line', cutShort, /Line \d+ of entries.jsonl cannot be read/],
      ['a line that is no JSON', lines((all) => all.with(7, 'erased')), /Line 8 of entries.jsonl cannot be read/],
      ['a line that is null', lines((all) => all.with(7, 'null')), /Entry 7 is missing; the next one found is 8/],
      ['an index that is none', entry7((entry) => ({ ...entry, index: -7 })), /Line 8 of entries.jsonl cannot be read/],
      ['all entries, removed', lines(() => []), /checkpoint signs 40 entries; there are 0/],
      ['the entries’ file, removed', (at) => rm(path.join(at, 'entries.jsonl')), /There is no entries.jsonl/],
      [
        'the root of a checkpoint',
        checkpoint(1, (one) => ({ ...one, root: Buffer.alloc(32).toString('base64') })),
        /checkpoint of 20 entries is not one that the log's key signed/,
      ],
      [
        'the size of a checkpoint',
        checkpoint(1, (one) => ({ ...one, size: 19 })),
        /checkpoint of 19 entries is not one that the log's key signed/,
      ],
      [
        'the newest checkpoint, removed',
        (at) => editLines(at, 'checkpoints.jsonl', (all) => all.slice(0, -1)),
        /No checkpoint signs the entries from 30 on/,
      ],
      [
        'the checkpoints’ file, removed',
        (at) => rm(path.join(at, 'checkpoints.jsonl')),
        /There is no checkpoints.jsonl/,
      ],
      [
        'a second checkpoint of the same size, signed by the log’s key: a fork',
        (at) => editLines(at, 'checkpoints.jsonl', (all) => all.toSpliced(2, 0, forkAt(20))),
        /log was forked: its key signed a tree of 20 entries, and one of 40/,
      ],
      [
        'the archived facts',
        (at) => editLine(at, 'facts.jsonl', 0, (one) => ({ ...one, content: '{}' })),
        /archived facts [0-9a-f]{64} were changed/,
      ],
      ['the archived facts, removed', (at) => rm(path.join(at, 'facts.jsonl')), /facts that entry 0 was decided on/],
      ['the manifest, removed', (at) => rm(path.join(at, 'bundle.json')), /There is no bundle.json that can be read/],
    ])('finds and names a change of %s', async (_what, tamper, finding) => {
      expect(await findingsAfter(tamper)).toEqual(expect.arrayContaining([expect.stringMatching(finding)]));
    });

    it('finds a bundle that was wound back as a whole, against a checkpoint that was kept', async () => {
      const notes = await query<{ note: string }>('SELECT note FROM log_checkpoints ORDER BY tree_size');
      const windBack = async (at: string): Promise<void> => {
        await editLines(at, 'entries.jsonl', (all) => all.slice(0, 30));
        await editLines(at, 'checkpoints.jsonl', (all) => all.slice(0, 3));
        await writeFile(
          path.join(at, 'bundle.json'),
          '{"format":"gatehouse-log-bundle/1","entries":30,"checkpoints":3}\n',
        );
      };
      expect(await findingsAfter(windBack)).toEqual([]);
      expect(await findingsAfter(windBack, [notes[2]!.note])).toEqual([]);
      expect(await findingsAfter(windBack, [notes[3]!.note])).toEqual([
        'The kept checkpoint 1 signs 40 entries; there are 30.',
      ]);
    });
  });

  describe('on the command line', () => {
    it('is exported into an empty folder, and verified there with nothing but the public key', async () => {
      const to = copy();
      const settings = { DATABASE_URL: database.applicationUrl };
      const exported = await startCommand(['log', 'export', to], settings).ended;
      expect(exported).toMatchObject({ code: 0, stderr: '' });
      expect(exported.stdout).toContain('40 entries and 4 checkpoints');
      const again = await startCommand(['log', 'export', to], settings).ended;
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') as string });

      const keys = path.join(folder, 'keys.json');
      await writeFile(keys, JSON.stringify({ checkpoint: verifierKey(logSigner), receipts: [] }));
      const verify = async (...more: string[]) => startCommand(['log', 'verify', '--bundle', to, ...more]).ended;
      expect(await verify('--keys', keys)).toMatchObject({ code: 0, stderr: '' });
      expect(await verify()).toMatchObject({ code: 1, stderr: expect.stringContaining('--keys') as string });
      await editLine(to, 'entries.jsonl', 7, (entry) => ({ ...entry, kind: 'outcome' }));
      const changed = await verify('--keys', keys);
      expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining('columns of entry 7') as string });
      const json = await verify('--key', verifierKey(logSigner), '--json');
      expect(json).toMatchObject({ code: 1, stderr: '' });
      expect(JSON.parse(json.stdout)).toMatchObject({
        entries: SIZE,
        findings: [
          { kind: 'columns-changed', entries: [7, 7], sentence: expect.stringContaining('entry 7') as string },
        ],
      });
      const other = verifierKey({ name: logSigner.name, key: generateKeyPairSync('ed25519').privateKey });
      expect((await verify('--key', other)).stderr).toContain("is not one that the log's key signed");
    });
  });

  it('is not exported over something else', async () => {
    await expect(exportLog(query, bundle)).rejects.toThrow(BundleFolderNotEmpty);
  });

  /** A checkpoint of the log's own key over a tree that there never was. */
  function forkAt(size: number): string {
    const root = Buffer.alloc(32, 7);
    const note = signCheckpoint({ origin: logSigner.name, size, root }, logSigner);
    return JSON.stringify({ size, root: root.toString('base64'), note, signedAt: '2026-11-22T09:30:00.000Z' });
  }
});

async function cutShort(at: string): Promise<void> {
  const file = path.join(at, 'entries.jsonl');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, Math.floor(text.length * 0.7)));
}
