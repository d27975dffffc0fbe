import { randomUUID } from 'node:crypto';
import { AccessTokens } from './access-tokens.js';
import { GatehouseProblem, GatehouseUnreachable, TokenRefused } from './errors.js';
import { repeat, type Attempt } from './repeat.js';
import { Session, type OutgoingRequest, type SessionOptions } from './session.js';
import { CREATING, isIdempotent, needsNewToken, waitAfterAnswer } from './what-may-be-repeated.js';

export interface TransportOptions extends SessionOptions {
  /** Most repeats of one call. */
  readonly repeats: number;
}

type SendOnce = (request: OutgoingRequest, signal: AbortSignal) => Promise<Response>;

/** Sends requests with tokens and proofs, and repeats what is safe to repeat. */
export class Transport {
  private session: Promise<Session> | undefined;
  private readonly tokens: AccessTokens;

  constructor(private readonly options: TransportOptions) {
    const request = async () => (await this.open()).requestToken();
    this.tokens = new AccessTokens({ request, timeLimitMs: options.timeLimitMs, repeats: options.repeats });
  }

  /**
   * Sends a request as the system, each time with a proof of its own. The answer is read completely.
   * @param timeLimitMs for all attempts together, milliseconds
   * @throws GatehouseUnreachable, TokenRefused; the reason of the request's signal once that has aborted
   */
  async send(request: Request, timeLimitMs: number): Promise<Response> {
    return await this.sendWhileAllowed(request, timeLimitMs, async (outgoing, signal) => {
      const response = await this.sendWithToken(outgoing, signal);
      return needsNewToken(response) ? await this.sendWithToken(outgoing, signal) : response;
    });
  }

  /** Sends a request that needs no token; otherwise as {@link send}. */
  async sendOpenly(request: Request, timeLimitMs: number): Promise<Response> {
    return await this.sendWhileAllowed(request, timeLimitMs, ({ url, method, headers, body }, signal) =>
      this.options.fetch(url.href, { method, headers, body: body ?? null, redirect: 'manual', signal }),
    );
  }

  /** The headers of a request that somebody else sends: once, and within 60 seconds. */
  async headersFor(method: string, url: URL): Promise<{ readonly Authorization: string; readonly DPoP: string }> {
    const session = await this.open();
    const headers = await session.headersFor(await this.tokens.current(), method, url);
    return { Authorization: headers.get('authorization') ?? '', DPoP: headers.get('dpop') ?? '' };
  }

  private async sendWithToken(request: OutgoingRequest, signal: AbortSignal): Promise<Response> {
    // One caller's signal ends that caller's wait; the renewal goes on for the others.
    const token = await orAborted(this.tokens.current(), signal);
    const session = await orAborted(this.open(), signal);
    const response = await session.send(token, request, signal);
    if (needsNewToken(response)) this.tokens.forget(token);
    return response;
  }

  private async sendWhileAllowed(request: Request, timeLimitMs: number, sendOnce: SendOnce): Promise<Response> {
    const deadline = performance.now() + timeLimitMs;
    const timeLimit = AbortSignal.timeout(timeLimitMs);
    const signal = AbortSignal.any([request.signal, timeLimit]);
    const { outgoing, idempotent } = await this.prepare(request);
    const waitAfter = (made: Attempt<Response>): number | undefined => {
      if ('value' in made) return waitAfterAnswer(made.value, idempotent);
      return idempotent && isLostConnection(made.error) ? 0 : undefined;
    };
    const attempt = async () => await readCompletely(await sendOnce(outgoing, signal));
    try {
      return await repeat(attempt, waitAfter, { repeats: this.options.repeats, deadline, signal });
    } catch (error) {
      throw explain(error, request.signal, timeLimit);
    }
  }

  /** Fixes what every attempt sends, the `Idempotency-Key` included. */
  private async prepare(request: Request): Promise<{ outgoing: OutgoingRequest; idempotent: boolean }> {
    const url = new URL(request.url);
    const operation = `${request.method} ${url.pathname.slice(new URL(this.options.baseUrl).pathname.length - 1)}`;
    const headers = new Headers(request.headers);
    if (CREATING.has(operation) && !headers.has('idempotency-key')) headers.set('idempotency-key', randomUUID());
    const body = request.body === null ? undefined : await request.text();
    return { outgoing: { url, method: request.method, headers, body }, idempotent: isIdempotent(operation, headers) };
  }

  private async open(): Promise<Session> {
    this.session ??= Session.open(this.options).catch((error: unknown) => {
      this.session = undefined;
      throw error;
    });
    return await this.session;
  }
}

/** What `fetch` throws when there is no answer; its own name for it is `TypeError`. */
const isLostConnection = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof GatehouseUnreachable && error.reason === 'connection');

async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Reads the body here, so that the time limit and the signal hold for it too. */
async function readCompletely(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  const { status, statusText, headers } = response;
  return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
}

function explain(error: unknown, ofCaller: AbortSignal, timeLimit: AbortSignal): unknown {
  if (ofCaller.aborted) return ofCaller.reason;
  if (timeLimit.aborted) {
    return new GatehouseUnreachable('time-limit', 'The gateway did not answer within the time limit.', {
      cause: error,
    });
  }
  const known = [GatehouseProblem, GatehouseUnreachable, TokenRefused].some((kind) => error instanceof kind);
  if (known || !isLostConnection(error)) return error;
  return new GatehouseUnreachable('connection', 'The gateway cannot be reached, or broke off.', { cause: error });
}
