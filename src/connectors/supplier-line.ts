import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { ConnectorConfigurationError, Problems, type ConnectorLimits, type SecretOf } from './configuration.js';
import { SupplierFault, type SupplierAnswer, type SupplierCredential, type SupplierRequest } from './connector.js';
import { Conversation } from './conversation.js';
import { openCredential, type Credential } from './credential.js';

/** What every kind of connector says of its supplier. */
export interface SupplierLineOptions {
  readonly baseUrl: URL;
  readonly credential: SupplierCredential;
  readonly limits: ConnectorLimits;
}

/**
 * The connections to one supplier: kept alive, bounded in number, to one origin and no other, each exchange within its
 * deadline.
 */
export class SupplierLine {
  private readonly pool: Pool;
  private readonly credential: Credential;
  private readonly limits: ConnectorLimits;
  private underWay = 0;
  private closing = false;
  private readonly idle = Promise.withResolvers<void>();

  /** @throws ConnectorConfigurationError naming the secrets that are missing or unusable */
  constructor({ baseUrl, credential, limits }: SupplierLineOptions, secretOf: SecretOf) {
    const problems = new Problems();
    this.limits = limits;
    this.credential = openCredential(credential, secretOf, limits.deadlineMs, problems);
    if (problems.found.length > 0) throw new ConnectorConfigurationError(problems.found);
    this.pool = new Pool(baseUrl.origin, {
      connections: limits.maxConcurrent,
      connect: { timeout: limits.deadlineMs, minVersion: 'TLSv1.2', ...this.credential.tls },
    });
  }

  /**
   * Runs one exchange with the supplier.
   *
   * The deadline covers all of it, from the wait for a connection to the last byte of the last page; a supplier that sends
   * a byte now and then does not extend it. An answer (but no fault) is held back until `answerNoSoonerThanMs` has passed.
   *
   * @throws SupplierFault always, whatever `talk` fails with
   */
  async converse(
    request: SupplierRequest,
    talk: (conversation: Conversation) => Promise<SupplierAnswer>,
  ): Promise<SupplierAnswer> {
    if (request.signal?.aborted === true) throw abandoned();
    if (this.closing) throw new SupplierFault('unavailable', 'the gateway is closing this connector');
    if (this.underWay >= this.limits.maxConcurrent) {
      throw new SupplierFault('busy', `${this.limits.maxConcurrent} requests under way`);
    }
    const start = performance.now();
    this.underWay++;
    let answer: SupplierAnswer;
    try {
      answer = await this.withinDeadline(request.signal, start, talk);
    } finally {
      this.underWay--;
      if (this.closing && this.underWay === 0) this.idle.resolve();
    }
    await this.hold(start, request.signal);
    return answer;
  }

  /** Lets what is under way finish, then closes the connections. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    if (this.underWay === 0) this.idle.resolve();
    await this.idle.promise;
    await Promise.all([this.pool.close(), this.credential.close?.()]);
  }

  private withinDeadline(
    signal: AbortSignal | undefined,
    start: number,
    talk: (conversation: Conversation) => Promise<SupplierAnswer>,
  ): Promise<SupplierAnswer> {
    const { deadlineMs, maxBytes } = this.limits;
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const end = (fault: SupplierFault): void => {
        stop.abort(fault);
        // The pool notices an abort only once it is connected; the deadline holds before that too.
        reject(fault);
      };
      const timer = setTimeout(() => end(new SupplierFault('timed-out', `after ${deadlineMs} ms`)), deadlineMs);
      const giveUp = (): void => end(abandoned());
      signal?.addEventListener('abort', giveUp, { once: true });
      talk(new Conversation(this.pool, this.credential, stop.signal, maxBytes, start + deadlineMs / 2))
        .then(resolve, (error: unknown) => {
          reject(error instanceof SupplierFault ? error : unreadable(error));
        })
        .finally(() => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
        });
    });
  }

  /** INVARIANT: 9. Found or not, the answer is not given sooner than the configuration says. */
  private async hold(start: number, signal: AbortSignal | undefined): Promise<void> {
    const until = start + this.limits.answerNoSoonerThanMs;
    // A timer may go off a little early.
    for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
      await pause(Math.ceil(left), undefined, signal && { signal }).catch(() => {
        throw abandoned();
      });
    }
  }
}

/** INVARIANT: 1. Whatever else fails while an answer is read is named by its class: its message may quote the answer. */
function unreadable(error: unknown): SupplierFault {
  return new SupplierFault(
    'not-understood',
    `the answer cannot be read (${error instanceof Error ? error.name : 'unknown'})`,
  );
}

function abandoned(): SupplierFault {
  return new SupplierFault('abandoned', 'the caller gave up');
}
