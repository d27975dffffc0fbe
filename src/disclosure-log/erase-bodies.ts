import type { Clock } from '../config/index.js';
import { appendWithin } from './append-entries.js';
import type { NoteKey } from './tree/checkpoint.js';
import type { BodiesErasedEntry, IndexRange } from './entries/entry.js';
import { LogConnection } from './log-connection.js';
import { NEWEST_CHECKPOINT, notBefore, type StoredCheckpoint } from './tree-state.js';

/** Longest that an erasure waits on the database, milliseconds. The lock of the log is held within it. */
const DEADLINE_MS = 2_500;

/** What is to be erased, and why. */
export interface Erasure {
  /** Indexes of entries; those that are held, or whose body is gone already, are passed over. */
  readonly indexes: readonly number[];
  readonly reason: BodiesErasedEntry['claims']['reason'];
  readonly orderedBy: BodiesErasedEntry['claims']['orderedBy'];
  readonly order?: BodiesErasedEntry['claims']['order'];
  /**
   * One statement of the same transaction, under the lock, that must change a row for anything to be erased; and nothing is
   * erased then where a hold keeps any of the entries.
   */
  readonly condition?: { readonly sql: string; readonly values: readonly unknown[] };
}

/** How many bodies were erased, and how many a legal hold kept. */
export interface Erased {
  readonly erased: number;
  readonly held: number;
}

/** Erases bodies of the log, on a connection of its own. */
export class BodyEraser {
  private connection: LogConnection | undefined;

  /** @param databaseUrl with the application's role */
  constructor(
    private readonly parts: { readonly databaseUrl: string; readonly signer: NoteKey; readonly clock: Clock },
  ) {}

  /**
   * Erases bodies in one transaction with the entry that says so, under the log's lock.
   *
   * INVARIANT: 7. Leaves, nodes and checkpoints stay, so every proof and every receipt holds. The application's role cannot delete
   * a body: the function that does goes by the entry, and refuses what is under a legal hold.
   *
   * @returns `undefined` when the condition did not hold; nothing was erased then
   * @throws LogDamaged; whatever pg throws. Nothing was erased then, unless the commit itself was not confirmed
   */
  async erase(erasure: Erasure): Promise<Erased | undefined> {
    this.connection ??= await LogConnection.open(this.parts.databaseUrl, DEADLINE_MS, () => undefined);
    const { connection } = this;
    try {
      connection.beginWork();
      return await this.eraseWith(connection, erasure);
    } catch (error) {
      this.connection = undefined;
      connection.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }

  private async eraseWith(connection: LogConnection, erasure: Erasure): Promise<Erased | undefined> {
    await connection.statements('BEGIN; EXECUTE lock_log');
    const { indexes, reason, orderedBy, order, condition } = erasure;
    const bodies = await connection.query<StandingBody>(STANDING, [indexes]);
    const free = bodies.filter(({ held }) => !held);
    const held = bodies.length - free.length;
    const isMet = !condition || (held === 0 && (await changes(connection, condition)));
    if (!isMet || free.length === 0) {
      await connection.query('ROLLBACK');
      return isMet ? { erased: 0, held } : undefined;
    }
    const [newest] = await connection.query<StoredCheckpoint>(NEWEST_CHECKPOINT);
    const at = notBefore(newest, this.parts.clock.now());
    const policed = rangesOf(free.filter((body) => body.law_enforcement).map(({ index }) => index));
    const entry: BodiesErasedEntry = {
      claims: {
        kind: 'bodies-erased',
        at: at.toISOString(),
        erased: rangesOf(free.map(({ index }) => index)),
        reason,
        orderedBy,
        ...(order && { order }),
        ...(policed.length > 0 && { lawEnforcement: { operation: 'erasure', erased: policed } }),
      },
      detail: {},
    };
    const [recorded] = await appendWithin((sql, values, name) => connection.query(sql, values, name), [entry], {
      signer: this.parts.signer,
      at,
    });
    await connection.query('SELECT erase_log_bodies($1)', [recorded?.index]);
    await connection.commit('SELECT');
    return { erased: free.length, held };
  }
}

interface StandingBody extends Record<string, unknown> {
  readonly index: number;
  readonly held: boolean;
  readonly law_enforcement: boolean;
}

const STANDING = `
  SELECT log_index::float8 AS index, log_index IN (SELECT held_log_bodies($1::bigint[])) AS held,
    claims::jsonb ? 'lawEnforcement' AS law_enforcement
  FROM log_bodies WHERE log_index = ANY ($1::bigint[]) ORDER BY log_index`;

async function changes(
  connection: LogConnection,
  { sql, values }: NonNullable<Erasure['condition']>,
): Promise<boolean> {
  return (await connection.query(`${sql} RETURNING 1`, [...values])).length > 0;
}

/** Indexes in ascending order as ranges. */
function rangesOf(indexes: readonly number[]): IndexRange[] {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}
