import { readPublishedCheckpoint, type Query } from '../../../src/disclosure-log/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { FIXED_NOW } from '../../support/log.js';

const secondsAgo = (seconds: number): Date => new Date(FIXED_NOW.getTime() - seconds * 1_000);
const rootOf = (size: number, fork = 0): Buffer => Buffer.alloc(32, size + 16 * fork);

describe('the checkpoint that readers are given', () => {
  let database: TestDatabase;
  const query: Query = (sql, values) => runAsOwner(database.ownerUrl, sql, values);
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());
  beforeEach(async () => {
    await runAsOwner(database.ownerUrl, 'TRUNCATE log_checkpoints, log_cosignatures');
  });

  const signed = async (size: number, age: number): Promise<void> => {
    await query('INSERT INTO log_checkpoints VALUES ($1, $2, $3, $4)', [
      size,
      rootOf(size),
      `note ${size}\n`,
      secondsAgo(age),
    ]);
  };
  const cosigned = async (size: number, witness: string, fork = 0): Promise<void> => {
    await query('INSERT INTO log_cosignatures VALUES ($1, $2, $3, $4, $5)', [
      size,
      rootOf(size, fork),
      witness,
      `by ${witness}\n`,
      FIXED_NOW,
    ]);
  };
  const shown = async (quorum: number): Promise<string | undefined> =>
    (await readPublishedCheckpoint(query, quorum, FIXED_NOW))?.note;

  it('is none for an empty log', async () => {
    expect(await shown(0)).toBeUndefined();
    expect(await shown(1)).toBeUndefined();
  });

  it('is the newest where no cosignature is asked for', async () => {
    await signed(1, 90);
    await signed(2, 1);
    await cosigned(1, 'a');
    expect(await shown(0)).toBe('note 2\n');
  });

  it('is the newest that enough witnesses cosigned, while a later one has waited less than a minute', async () => {
    await signed(1, 90);
    await signed(2, 80);
    await signed(3, 59);
    await cosigned(1, 'a');
    await cosigned(1, 'b');
    await cosigned(2, 'a');
    await cosigned(2, 'b');
    await cosigned(3, 'a');
    expect(await shown(2)).toBe('note 2\nby a\nby b\n');
    expect(await shown(1)).toBe('note 3\nby a\n');
  });

  it('is the newest of all, with what cosignatures it has, once a later one has waited a minute', async () => {
    await signed(1, 90);
    await signed(2, 61);
    await signed(3, 1);
    await cosigned(1, 'a');
    await cosigned(1, 'b');
    await cosigned(3, 'a');
    expect(await shown(2)).toBe('note 3\nby a\n');
    expect(await shown(3)).toBe('note 3\nby a\n');
  });

  it('is the newest of all, with the log’s signature alone, when no witness ever answered', async () => {
    await signed(1, 90);
    expect(await shown(1)).toBe('note 1\n');
  });

  it('bears no cosignature of another tree of the same size, from before the log was rewound', async () => {
    await signed(1, 90);
    await signed(2, 1);
    await cosigned(1, 'a');
    await cosigned(2, 'a', 1);
    await cosigned(3, 'a', 1);
    expect(await shown(1)).toBe('note 1\nby a\n');
    expect(await shown(0)).toBe('note 2\n');
  });
});
