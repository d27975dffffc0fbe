import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { EntryStale, LogUnavailable, type Change, type DisclosureLog, type LogEntry } from '../disclosure-log/index.js';
import type { GatewayKeys } from '../keys/index.js';

/** On whose behalf: the system that calls and its agency. */
export interface PermissionCaller {
  readonly system: string;
  readonly agency: string;
}

/** Who deals with a permission: the system of an agency, or an officer of it. */
export type PermissionActor = PermissionCaller | { readonly officer: string; readonly agency: string };

/** A call that makes something new. */
export interface CreatingCall {
  readonly caller: PermissionCaller;
  /** What was asked for, as the edge read it; with what it is, where the body alone does not say. */
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  /** Id of what is made. */
  readonly id: string;
}

/** What a repeat of a call is told by. Keyed hashes, since a request names a person. */
export interface Repeat {
  readonly key: Buffer;
  readonly request: Buffer;
}

/** Records what is said of a person, each time in one transaction with its entry in the disclosure log. */
export class Recording {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    private readonly keys: Pick<GatewayKeys, 'subjectHandle'>,
  ) {}

  /**
   * Records once. A repeat with the same `idempotencyKey`, also at the same time, is answered by `find` from what stands now.
   * @param make the entry and its change, which MUST insert into `idempotency_keys` and change no row where it is there
   * @throws Problem IDEMPOTENCY_KEY_REUSED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async once<Made>(
    call: CreatingCall,
    make: (repeat: Repeat) => { readonly entry: LogEntry; readonly change: Change },
    find: (id: string) => Promise<Made>,
  ): Promise<Made> {
    const repeat = this.repeatOf(call);
    const earlier = await this.findRepeated(call.caller, repeat);
    if (earlier !== undefined) return await find(earlier);
    const { entry, change } = make(repeat);
    if (await this.change(entry, change)) return await find(call.id);
    // The same call, at the same time, was recorded first.
    const first = await this.findRepeated(call.caller, repeat);
    if (first !== undefined) return await find(first);
    throw new Problem('INTERNAL');
  }

  /**
   * @param change of what the entry tells of; a look changes nothing
   * @returns false when the change changed no row; nothing is recorded then
   * @throws Problem LOG_UNAVAILABLE
   */
  async change(entry: LogEntry, change?: Change): Promise<boolean> {
    try {
      await this.log.append(entry, {}, change);
      return true;
    } catch (error) {
      if (error instanceof EntryStale) return false;
      if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
      throw error;
    }
  }

  private repeatOf({ caller, body, idempotencyKey, id }: CreatingCall): Repeat {
    const digest = (text: string): Buffer =>
      createHmac('sha256', this.keys.subjectHandle).update(`repeat\n${caller.system}\n${text}`).digest();
    return { key: digest(idempotencyKey ?? id), request: digest(JSON.stringify(body)) };
  }

  private async findRepeated(caller: PermissionCaller, repeat: Repeat): Promise<string | undefined> {
    const [row] = await fromStore(() =>
      this.dataSource.query<{ resource_id: string; request_hash: Buffer }[]>(
        'SELECT resource_id, request_hash FROM idempotency_keys WHERE system = $1 AND key_hash = $2',
        [caller.system, repeat.key],
      ),
    );
    if (!row) return undefined;
    if (!row.request_hash.equals(repeat.request)) throw new Problem('IDEMPOTENCY_KEY_REUSED');
    return row.resource_id;
  }
}

/** @throws Problem STORE_UNAVAILABLE when reading fails */
export async function fromStore<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
  }
}

/**
 * An answer that had arrived by then counts, also where this process was too busy to read it earlier.
 * @throws Error when the work has not ended after `deadlineMs`, milliseconds
 */
export async function withDeadline<Value>(work: Promise<Value>, deadlineMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new Error('no answer in time'))), deadlineMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
