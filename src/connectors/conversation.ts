import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher, Pool } from 'undici';
import { connectionFault } from './connection-fault.js';
import type { Credential } from './credential.js';
import { discardBody, readBytes } from './read-bytes.js';

/** One request as a connector puts it. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Path and query, filled in. */
  readonly target: string;
  /** Names and values by turns. */
  readonly headers: readonly string[];
  readonly body: string | null;
  /** Whether asking twice changes nothing at the supplier. */
  readonly safeToRetry: boolean;
}

/** The head of an answer; its body is read or discarded next. */
export type Reply = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

/** Statuses that say "not now" and nothing about the request. */
const PASSING_STATUSES = new Set([502, 503, 504]);
const RETRY_PAUSE_MS = 50;

/**
 * Everything said to a supplier for one exchange: one deadline, one allowance of bytes and one retry, however many
 * requests (pages, renewed tokens) it takes.
 */
export class Conversation {
  private retried = false;
  private bytesLeft: number;

  constructor(
    private readonly pool: Pool,
    private readonly credential: Credential,
    /** Aborts, with a `SupplierFault` as reason, at the deadline or when the caller gives up. */
    private readonly signal: AbortSignal,
    maxBytes: number,
    /** After this instant (`performance.now()`) nothing is tried again. */
    private readonly retryUntil: number,
  ) {
    this.bytesLeft = maxBytes;
  }

  /**
   * Sends a request. Redirects are not followed. A request that is safe to repeat is sent once more when the connection
   * failed before an answer or the status was 502, 503 or 504, if half of the deadline is left and the supplier named no
   * time to come back (`Retry-After`). A 401 to an access token is tried once with a new token, since it was not acted on.
   * @throws SupplierFault
   */
  async ask(ask: Ask): Promise<Reply> {
    let renewed = false;
    for (;;) {
      const authorization = await this.credential.value?.();
      const reply = await this.send(ask, authorization);
      if (reply === 'again') continue;
      const { statusCode } = reply;
      if (statusCode === 401 && !renewed && authorization !== undefined && this.credential.reject) {
        renewed = true;
        this.credential.reject(authorization);
        await discardBody(reply);
      } else if (PASSING_STATUSES.has(statusCode) && reply.headers['retry-after'] === undefined && this.mayRetry(ask)) {
        await discardBody(reply);
        await pause(RETRY_PAUSE_MS, undefined, { signal: this.signal });
      } else return reply;
    }
  }

  /** Reads a body, within what is left of the allowance. @throws SupplierFault */
  async read(reply: Reply): Promise<Buffer> {
    try {
      const bytes = await readBytes(reply, this.bytesLeft);
      this.bytesLeft -= bytes.length;
      return bytes;
    } catch (error) {
      throw connectionFault(error);
    }
  }

  private async send(ask: Ask, authorization: string | undefined): Promise<Reply | 'again'> {
    const { header } = this.credential;
    try {
      return await this.pool.request({
        method: ask.method,
        path: ask.target,
        headers:
          header === undefined || authorization === undefined
            ? (ask.headers as string[])
            : [...ask.headers, header, authorization],
        body: ask.body,
        signal: this.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    } catch (error) {
      const fault = connectionFault(error);
      if (this.signal.aborted || fault.code !== 'unavailable' || !this.mayRetry(ask)) throw fault;
      await pause(RETRY_PAUSE_MS, undefined, { signal: this.signal });
      return 'again';
    }
  }

  /** At most one retry; asking is taking it. */
  private mayRetry(ask: Ask): boolean {
    if (!ask.safeToRetry || this.retried || performance.now() > this.retryUntil) return false;
    this.retried = true;
    return true;
  }
}
