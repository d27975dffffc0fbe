import { randomUUID } from 'node:crypto';
import { AccessTokens } from './access-tokens.js';
import { GatehouseProblem, GatehouseUnreachable, TokenRefused } from './errors.js';
import { repeat, type Attempt, type RepeatLimits } from './repeat.js';
import { Session, type OutgoingRequest, type SessionOptions } from './session.js';
import { CREATING, isIdempotent, needsNewToken, waitAfterAnswer } from './what-may-be-repeated.js';

/** Bounds of one call, all attempts together. */
export interface CallLimits {
  /** Longest time, milliseconds. */
  readonly timeLimitMs: number;
}

export interface TransportOptions extends SessionOptions {
  /** Most repeats of one call. */
  readonly repeats: number;
}

/** Sends requests with tokens and proofs, and repeats what is safe to repeat. */
export class Transport {
  private session: Promise<Session> | undefined;
  private readonly tokens: AccessTokens;

  constructor(private readonly options: TransportOptions) {
    const request = async () => (await this.open()).requestToken();
    this.tokens = new AccessTokens({ request, timeLimitMs: options.timeLimitMs, repeats: options.repeats });
  }

  /**
   * Sends a request as the system. The answer is read completely.
   * @throws GatehouseUnreachable, TokenRefused; the reason of the request's signal once that has aborted
   */
  async send(request: Request, { timeLimitMs }: CallLimits): Promise<Response> {
    return await this.repeatedly(request, timeLimitMs, async (outgoing, signal) => {
      const response = await this.sendWithToken(outgoing, signal);
      return needsNewToken(response) ? await this.sendWithToken(outgoing, signal) : response;
    });
  }

  /** Sends a request that needs no token. As {@link send} otherwise. */
  async sendOpenly(request: Request, { timeLimitMs }: CallLimits): Promise<Response> {
    return await this.repeatedly(request, timeLimitMs, ({ url, ...init }, signal) =>
      this.options.fetch(url, { ...init, body: init.body ?? null, redirect: 'manual', signal }),
    );
  }

  /** The headers of one request, which is not sent. The proof in them is taken once, and for 60 seconds. */
  async headersFor(method: string, url: URL): Promise<{ Authorization: string; DPoP: string }> {
    let made = { Authorization: '', DPoP: '' };
    const token = await this.tokens.current();
    const keep: typeof fetch = async (_url, init) => {
      const headers = new Headers(init?.headers);
      made = { Authorization: headers.get('authorization') ?? '', DPoP: headers.get('dpop') ?? '' };
      return new Response();
    };
    const session = await this.open();
    await session.send(token, { url, method, headers: new Headers(), body: undefined }, undefined, keep);
    return made;
  }

  private async sendWithToken(request: OutgoingRequest, signal: AbortSignal): Promise<Response> {
    const token = await abortable(this.tokens.current(), signal);
    const response = await (await this.open()).send(token, request, signal);
    if (needsNewToken(response)) this.tokens.forget(token);
    return response;
  }

  private async repeatedly(
    request: Request,
    timeLimitMs: number,
    sendOnce: (request: OutgoingRequest, signal: AbortSignal) => Promise<Response>,
  ): Promise<Response> {
    const outgoing = await prepare(request);
    const idempotent = isIdempotent(`${outgoing.method} ${this.pathOf(outgoing.url)}`, outgoing.headers);
    const timeLimit = AbortSignal.timeout(timeLimitMs);
    const signal = AbortSignal.any([request.signal, timeLimit]);
    const limits: RepeatLimits = { repeats: this.options.repeats, deadline: performance.now() + timeLimitMs, signal };
    const waitAfter = (made: Attempt<Response>): number | undefined => {
      if ('value' in made) return waitAfterAnswer(made.value, idempotent);
      return idempotent && made.error instanceof TypeError ? 0 : undefined;
    };
    try {
      return await repeat(async () => await readCompletely(await sendOnce(outgoing, signal)), waitAfter, limits);
    } catch (error) {
      throw explain(error, request.signal, timeLimit);
    }
  }

  private pathOf(url: URL): string {
    return url.href.slice(this.options.baseUrl.length).replace(/\?.*$/, '');
  }

  private open(): Promise<Session> {
    this.session ??= Session.open(this.options).catch((error: unknown) => {
      this.session = undefined;
      throw error;
    });
    return this.session;
  }
}
