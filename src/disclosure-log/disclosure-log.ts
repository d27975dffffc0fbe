import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../config/index.js';
import { BudgetUsedUp } from './budgets.js';
import { readVerifierKey, verifierKey, type NoteKey } from './tree/checkpoint.js';
import type { LogEntry, ReconciliationEntry } from './entries/entry.js';
import { LogConnection } from './log-connection.js';
import type { GrowingTree } from './tree/merkle-tree.js';
import type { Recorded } from './recorded.js';
import type { FoundRecord } from './locked-state.js';
import type { Change, Conditions, Staleness, Submission } from './submission.js';
import { LogDamaged } from './tree-state.js';
import { writeBatch } from './write-batch.js';

/** The entry is not in the log, or nobody can say whether it is. Either way nothing may be disclosed on it. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** What an entry relied on is no longer so. Nothing was recorded; gather the facts again. */
export class EntryStale extends Error {
  override readonly name = 'EntryStale';
  /** @param staleness `day-ended`: the decision was made on an earlier day, as its maker found before it was sent here */
  constructor(readonly staleness: Staleness | 'day-ended') {
    super(staleness);
  }
}

/** The most entries in one commit. */
const MAX_BATCH = 256;
/** A batch of more entries than this is one of many: the next waits so long, milliseconds, and more of them go together. */
const LARGE_BATCH = 8;
const GATHER_MS = 3;
/** Longest that an append waits on the database, milliseconds. */
const DEADLINE_MS = 1_500;
/** Facts that are remembered to be archived; what is forgotten is archived again, which changes nothing. */
const MOST_ARCHIVED_REMEMBERED = 10_000;
/** How often the log is tried while it cannot be written, milliseconds. */
const PROBE_MS = 500;
/** How long after the last batch the log is tried, so that a gateway that nobody asks knows whether it could record. Milliseconds. */
const QUIET_MS = 2_000;

interface Waiting extends Submission {
  resolve(recorded: Recorded): void;
  reject(error: Error): void;
}

/** An exchange whose record was sent to be committed and never confirmed. */
interface Unconfirmed {
  readonly exchangeId: string;
  readonly kind: 'decision' | 'outcome';
}

export interface DisclosureLogOptions {
  /** URL with the application's role. */
  readonly databaseUrl: string;
  /** Name of the log and Ed25519 key of its checkpoints. */
  readonly signer: NoteKey;
  readonly clock: Clock;
  /** Told of each batch written and each failure, for metrics and the operator's log. */
  readonly observe?: {
    /** `entries` were committed in `seconds`; the log then has `size`. */
    written(entries: number, seconds: number, size: number): void;
    failed(error: Error): void;
    /** The record of this exchange was sent to be committed and not confirmed; nothing was disclosed on it. */
    unconfirmed(exchangeId: string): void;
    /** It is now known whether that record is in the log. */
    reconciled(exchangeId: string, found: boolean): void;
  };
}

/**
 * The append side of the disclosure log. Appends that arrive while one batch is being committed go together in the next.
 *
 * INVARIANT: 3. `append` resolves only once the entry is durable and its checkpoint signed. There is no way to disclose
 * without it, and none to turn it off.
 */
export class DisclosureLog {
  private readonly waiting: Waiting[] = [];
  private readonly unconfirmed: Unconfirmed[] = [];
  private readonly archived = new Set<string>();
  private connection: LogConnection | undefined;
  private tree: GrowingTree | undefined;
  private alone = true;
  private writing: Promise<void> | undefined;
  private failure: string | undefined;
  private probe: NodeJS.Timeout | undefined;
  private closed = false;
  private newestAt: Date | undefined;

  /** The gateway's clock, but never before the log's newest entry: a clock may be set back, what was decided is not. */
  readonly clock: Clock = {
    now: () => {
      const now = this.options.clock.now();
      return this.newestAt && this.newestAt > now ? this.newestAt : now;
    },
  };

  constructor(private readonly options: DisclosureLogOptions) {}

  /**
   * Records an entry.
   *
   * @param conditions checked under the log's lock, in the transaction that records the entry
   * @param change one statement that is committed with the entry; when it changes no row, neither is recorded
   * @throws EntryStale when a condition no longer holds; BudgetUsedUp when the entry would go beyond a budget, which it then
   *   does until the budget's period ends; LogUnavailable when the entry is not durably recorded
   */
  async append(entry: LogEntry, conditions: Conditions = {}, change?: Change): Promise<Recorded> {
    if (this.closed) throw new LogUnavailable('the log is closed');
    return await new Promise((resolve, reject) => {
      this.waiting.push({ entry, conditions, ...(change && { change }), resolve, reject });
      this.startWriting();
    });
  }

  /**
   * Whether the log can be written, as of the last attempt, at most some seconds ago; while it cannot, it is tried twice a
   * second.
   */
  readiness(): { ok: boolean; reason?: string } {
    return this.failure === undefined ? { ok: true } : { ok: false, reason: this.failure };
  }

  /** Exchanges whose record was never confirmed and is not yet reconciled with the database. */
  unconfirmedExchanges(): readonly Unconfirmed[] {
    return this.unconfirmed;
  }

  /** The key to verify checkpoints with, as a C2SP verifier key and as a note key. */
  verifier(): { text: string; key: NoteKey } {
    const text = verifierKey(this.options.signer);
    return { text, key: readVerifierKey(text) };
  }

  /** Tries the log once, without an entry; at start-up, so that a gateway that cannot record is never ready. */
  async check(): Promise<void> {
    this.startWriting();
    await this.writing;
  }

  /** Writes what waits, then closes. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.probe);
    await this.writing;
    await this.connection?.close().catch(() => undefined);
  }

  private startWriting(): void {
    if (this.writing) return;
    this.writing = this.writeWhatWaits();
  }

  private async writeWhatWaits(): Promise<void> {
    let last = 0;
    do {
      // What comes in the same turn goes together. Under load a batch costs as much as many entries, and fewer are answered sooner.
      await (last > LARGE_BATCH ? sleep(GATHER_MS) : setImmediate());
      const batch = this.waiting.splice(0, MAX_BATCH);
      await this.write(batch);
      last = batch.length;
    } while (this.waiting.length > 0);
    this.writing = undefined;
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    let committing = false;
    const began = performance.now();
    const unconfirmed = [...this.unconfirmed];
    try {
      this.connection ??= await LogConnection.open(this.options.databaseUrl, DEADLINE_MS, (ended) => this.lose(ended));
      const { results, tree, found, newestAt, archived, alone } = await writeBatch(batch, {
        connection: this.connection,
        signer: this.options.signer,
        at: this.clock.now(),
        known: this.tree,
        alone: this.alone,
        archived: this.archived,
        rehearse: this.failure !== undefined || !this.tree,
        unconfirmed: unconfirmed.map((exchange) => exchange.exchangeId),
        reconcile: (found) => this.reconciliations(unconfirmed, found),
        committing: () => {
          committing = true;
        },
      });
      this.tree = tree;
      this.alone = alone;
      this.newestAt = newestAt;
      this.rememberArchived(archived);
      this.failure = undefined;
      this.unconfirmed.splice(0, unconfirmed.length);
      for (const one of unconfirmed) this.options.observe?.reconciled(one.exchangeId, isAmong(found, one));
      this.options.observe?.written(results.length, (performance.now() - began) / 1000, tree.size);
      batch.forEach((waiting, i) => {
        const result = results[i]!;
        if (typeof result === 'string') waiting.reject(new EntryStale(result));
        else if (result instanceof BudgetUsedUp) waiting.reject(result);
        else waiting.resolve(result);
      });
      this.tryAgainAfter(QUIET_MS);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error('unknown'), committing ? batch : [], batch);
    }
  }

  private rememberArchived(hashes: readonly string[]): void {
    if (this.archived.size >= MOST_ARCHIVED_REMEMBERED) this.archived.clear();
    for (const hash of hashes) this.archived.add(hash);
  }

  /** INVARIANT: 3. After any doubt: nothing counts, the connection goes, and everyone waiting is told at once. */
  private fail(error: Error, doubtful: readonly Waiting[], batch: readonly Waiting[]): void {
    const { connection } = this;
    this.connection = undefined;
    connection?.destroy();
    this.failure =
      error instanceof LogDamaged
        ? `the disclosure log is damaged: ${error.message}`
        : 'the disclosure log cannot be written: the database is away or did not confirm a commit';
    for (const { entry } of doubtful) {
      const { claims } = entry;
      if (claims.kind === 'decision' || claims.kind === 'outcome') {
        this.unconfirmed.push({ exchangeId: claims.exchangeId, kind: claims.kind });
        this.options.observe?.unconfirmed(claims.exchangeId);
      }
    }
    for (const waiting of [...batch, ...this.waiting.splice(0)]) {
      waiting.reject(new LogUnavailable(this.failure, { cause: error }));
    }
    this.options.observe?.failed(error);
    this.tryAgainAfter(PROBE_MS);
  }

  /** The connection ended while nothing was being written; what is being written fails by itself. */
  private lose(ended: LogConnection): void {
    if (this.connection === ended && !this.writing && !this.closed)
      this.fail(new Error('the connection ended'), [], []);
  }

  private tryAgainAfter(milliseconds: number): void {
    clearTimeout(this.probe);
    if (!this.closed) this.probe = setTimeout(() => void this.check(), milliseconds).unref();
  }

  /**
   * INVARIANT: 3. A record that was never confirmed led to no disclosure. Where it turns out to be in the log, an entry
   * says so. It is read under the lock, after whoever was still committing it has gone.
   */
  private reconciliations(unconfirmed: readonly Unconfirmed[], found: readonly FoundRecord[]): ReconciliationEntry[] {
    const at = this.clock.now().toISOString();
    return unconfirmed
      .filter((one) => isAmong(found, one) && !isAmong(found, { ...one, kind: 'reconciliation' }))
      .map(({ exchangeId, kind }) => ({
        claims: { kind: 'reconciliation', at, exchangeId, unconfirmed: kind, result: 'not-released' },
        detail: {},
      }));
  }
}

const isAmong = (found: readonly FoundRecord[], { exchangeId, kind }: FoundRecord): boolean =>
  found.some((record) => record.exchangeId === exchangeId && record.kind === kind);
