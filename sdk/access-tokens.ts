import { TokenRefused } from './errors.js';
import { repeat, type Attempt } from './repeat.js';
import type { AccessToken } from './session.js';

/** A token is not used in the last part of its life: it must still be valid when the gateway reads it. Milliseconds. */
const REST_MS = 30_000;

/** Where tokens come from, and how long to try. */
export interface TokenSource {
  /** Asks once. */
  request(): Promise<AccessToken>;
  /** Longest that one renewal may take with its repeats, milliseconds. */
  readonly timeLimitMs: number;
  /** Most repeats of a token request that was answered 429 or 503. */
  readonly repeats: number;
}

/** Keeps an access token until shortly before its end. Many who ask at once get one renewal. */
export class AccessTokens {
  private kept: { readonly token: string; readonly until: number } | undefined;
  private renewal: Promise<string> | undefined;

  constructor(private readonly source: TokenSource) {}

  /** @throws TokenRefused, GatehouseUnreachable */
  async current(): Promise<string> {
    if (this.kept && performance.now() < this.kept.until) return this.kept.token;
    this.renewal ??= this.renew().finally(() => {
      this.renewal = undefined;
    });
    return await this.renewal;
  }

  /** Drops a token that the gateway no longer takes, unless it was renewed meanwhile. */
  forget(token: string): void {
    if (this.kept?.token === token) this.kept = undefined;
  }

  private async renew(): Promise<string> {
    const { timeLimitMs, repeats } = this.source;
    const deadline = performance.now() + timeLimitMs;
    const signal = AbortSignal.timeout(timeLimitMs);
    let asked = performance.now();
    const ask = async (): Promise<AccessToken> => {
      asked = performance.now();
      return await this.source.request();
    };
    const { token, lifetimeMs } = await repeat(ask, waitAfter, { repeats, deadline, signal });
    this.kept = { token, until: asked + lifetimeMs - Math.min(REST_MS, lifetimeMs / 2) };
    return token;
  }
}

/** Nothing was begun for a token request that was turned away: it may be made again, with a new assertion. */
const waitAfter = (made: Attempt<unknown>): number | undefined =>
  'error' in made && made.error instanceof TokenRefused ? made.error.retryAfterMs : undefined;
