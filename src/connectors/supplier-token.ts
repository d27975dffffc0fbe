import { Pool } from 'undici';
import { connectionFault, statusFault } from './connection-fault.js';
import { SupplierFault } from './connector.js';
import { discardBody, readBytes } from './read-bytes.js';
import { readJson } from './read-json.js';

export interface TokenSource {
  readonly tokenUrl: URL;
  readonly clientId: string;
  readonly secret: string;
  readonly scope: string | undefined;
  /** Time for one request to the token endpoint, milliseconds. */
  readonly deadlineMs: number;
}

/** Assumed when the authorization server does not say (RFC 6749 section 5.1 only recommends it), seconds. */
const DEFAULT_LIFETIME_S = 60;
/** A token is renewed this long before it expires, or at nine tenths of its life if that is later; seconds. */
const RENEWED_BEFORE_S = 10;
const MAX_TOKEN_BYTES = 65_536;

/**
 * An access token by OAuth 2.0 client credentials (RFC 6749 section 4.4, client secret by HTTP Basic), kept until shortly
 * before it expires. One request for a token is under way at a time, whoever waits for it.
 */
export class SupplierToken {
  private readonly pool: Pool;
  private readonly headers: readonly string[];
  private readonly body: string;
  private token = '';
  private renewAt = 0;
  private pending: Promise<string> | undefined;

  /** @param now milliseconds that only ever grow */
  constructor(
    private readonly source: TokenSource,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.pool = new Pool(source.tokenUrl.origin, { connections: 1, connect: { timeout: source.deadlineMs } });
    const client = [source.clientId, source.secret].map(formEncode).join(':');
    this.headers = [
      'authorization',
      `Basic ${Buffer.from(client).toString('base64')}`,
      'content-type',
      'application/x-www-form-urlencoded',
      'accept',
      'application/json',
      'user-agent',
      'gatehouse',
    ];
    this.body = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(source.scope === undefined ? {} : { scope: source.scope }),
    }).toString();
  }

  /** @throws SupplierFault when the token endpoint does not give one */
  current(): string | Promise<string> {
    if (this.now() < this.renewAt) return this.token;
    this.pending ??= this.fetch().finally(() => (this.pending = undefined));
    return this.pending;
  }

  /** The supplier did not take this token. Does nothing when another has been got since. */
  reject(token: string): void {
    if (token === this.token) this.renewAt = 0;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async fetch(): Promise<string> {
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new SupplierFault('timed-out', 'token endpoint')),
      this.source.deadlineMs,
    );
    try {
      const { token, lifetimeS } = await this.ask(deadline.signal);
      this.token = token;
      this.renewAt = this.now() + 1_000 * Math.max(lifetimeS - RENEWED_BEFORE_S, lifetimeS * 0.9);
      return token;
    } catch (error) {
      const fault = connectionFault(error);
      throw fault.detail.startsWith('token endpoint')
        ? fault
        : new SupplierFault(fault.code, `token endpoint: ${fault.detail}`);
    } finally {
      clearTimeout(timer);
    }
  }

  private async ask(signal: AbortSignal): Promise<{ token: string; lifetimeS: number }> {
    const { tokenUrl } = this.source;
    const response = await this.pool.request({
      method: 'POST',
      path: tokenUrl.pathname + tokenUrl.search,
      headers: [...this.headers],
      body: this.body,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    if (response.statusCode !== 200) {
      await discardBody(response);
      throw statusFault(response.statusCode);
    }
    const bytes = await readBytes(response, MAX_TOKEN_BYTES);
    return readToken(readJson(response.headers['content-type'], response.headers['content-encoding'], bytes));
  }
}

/** RFC 6749 section 5.1. Only bearer tokens: the gateway holds no key that another type could be bound to. */
function readToken(answer: unknown): { token: string; lifetimeS: number } {
  const { access_token, token_type, expires_in } = Object(answer) as Record<string, unknown>;
  const lifetimeS = expires_in === undefined ? DEFAULT_LIFETIME_S : Number(expires_in);
  if (
    typeof access_token !== 'string' ||
    !/^[\x21-\x7e]+$/.test(access_token) ||
    typeof token_type !== 'string' ||
    token_type.toLowerCase() !== 'bearer' ||
    !Number.isFinite(lifetimeS)
  ) {
    throw new SupplierFault('not-understood', 'no bearer token in the answer');
  }
  return { token: access_token, lifetimeS };
}

/** RFC 6749 section 2.3.1 and appendix B. */
function formEncode(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length);
}
