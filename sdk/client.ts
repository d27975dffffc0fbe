import createClient, { type Client } from 'openapi-fetch';
import { errorOf } from './errors.js';
import type { components, paths } from './generated/gatehouse.js';
import { algorithmOf, type PrivateKey, type SendRequest } from './session.js';
import { Transport } from './transport.js';
import type { LogKeys } from './verify-receipt.js';

type Schemas = components['schemas'];
/** What `query` is asked. */
export type Query = Schemas['QueryBody'];
/** What `query` answers. */
export type QueryAnswer = Schemas['QueryAnswer'];
/** A permission to record. */
export type PermissionToRecord = Schemas['PermissionBody'];
/** A permission as it stands. */
export type Permission = Schemas['PermissionAnswer'];
/** The receipt of a permission. */
export type PermissionReceipt = Schemas['PermissionReceiptAnswer'];
/** Data services, a page at a time. */
export type DataServicePage = Schemas['DataServicePage'];
/** What `listDataServices` looks for. */
export type DataServiceSearch = NonNullable<paths['/v1/data-services']['get']['parameters']['query']>;
/** Where an entry stands in the log. */
export type EntryProof = Schemas['EntryProof'];

export interface GatehouseOptions {
  /** Public URL of the gateway, exactly as the gateway itself names it, e.g. `https://gatehouse.example`. */
  readonly baseUrl: string;
  /** Id that the system is registered under. */
  readonly clientId: string;
  /** Private half of a key that the system is registered with (JWK). It signs and is never sent. */
  readonly privateKey: PrivateKey;
  /** Longest time of one call with its repeats, milliseconds. Default 30,000. */
  readonly timeLimitMs?: number;
  /** Most repeats of one call that was answered 429 or 503. Default 3; 0 for none. */
  readonly repeats?: number;
  /** Speaks `http:` to another machine too, without TLS: for trying things out with made-up data. Default false. */
  readonly allowHttp?: boolean;
  /** Used instead of the global `fetch`, e.g. for a proxy. */
  readonly fetch?: SendRequest;
}

export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest time of this call, milliseconds, instead of the client's. */
  readonly timeLimitMs?: number;
  /** W3C Trace Context, passed on to the gateway and by it to the supplier. */
  readonly traceparent?: string;
}

/** For what makes something new. */
export interface CreateOptions extends CallOptions {
  /** Names this creation, so that making the call again, even days later, makes nothing twice. Default: a new one per call. */
  readonly idempotencyKey?: string;
}

const TIME_LIMIT_MS = 30_000;
const REPEATS = 3;

/**
 * Speaks to a gateway as one system. Gets and keeps access tokens, makes a DPoP proof for each request, and repeats calls
 * that were answered 429 or 503 where that is safe. One object serves a whole process.
 *
 * Every method throws `GatehouseProblem` when the gateway says no, `TokenRefused` when it does not know the system,
 * `GatehouseUnreachable` when no gateway answers, and the reason of the caller's signal once that has aborted.
 */
export class GatehouseClient {
  /** All operations, typed from the OpenAPI document, with the same tokens, proofs and repeats: `{ data, error, response }`. */
  readonly api: Client<paths>;
  private readonly transport: Transport;
  private readonly timeLimitMs: number;
  private readonly baseUrl: string;

  /** @throws TypeError for an address that must not be spoken to, or a key of a kind that no gateway takes. Sends nothing. */
  constructor(options: GatehouseOptions) {
    const { clientId, privateKey, repeats = REPEATS, allowHttp = false } = options;
    algorithmOf(privateKey);
    this.baseUrl = readBaseUrl(options.baseUrl, allowHttp);
    this.timeLimitMs = options.timeLimitMs ?? TIME_LIMIT_MS;
    this.transport = new Transport({
      baseUrl: this.baseUrl,
      clientId,
      privateKey,
      repeats,
      timeLimitMs: this.timeLimitMs,
      fetch: options.fetch ?? (async (url, init) => await fetch(url, init)),
    });
    this.api = createClient<paths>({
      baseUrl: this.baseUrl,
      fetch: (request) => this.transport.send(request, this.timeLimitMs),
    });
  }

  /**
   * Asks a data service about one person or place. Each call, and each repeat that gets as far, is an exchange of its own in
   * the disclosure log.
   * @throws GatehouseProblem `DISCLOSURE_REFUSED` with `reasonCodes` and a `receipt` when nothing may be disclosed
   */
  async query(query: Query, options: CallOptions = {}): Promise<QueryAnswer> {
    return answerOf(await this.api.POST('/v1/queries', { body: query, ...this.init(options) }));
  }

  /** Records that a person gave permission. */
  async recordPermission(permission: PermissionToRecord, options: CreateOptions = {}): Promise<Permission> {
    const { idempotencyKey } = options;
    const init = this.init(options, idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey });
    return answerOf(await this.api.POST('/v1/permissions', { body: permission, ...init }));
  }

  /** A permission that one's own agency recorded. */
  async getPermission(id: string, options: CallOptions = {}): Promise<Permission> {
    return answerOf(await this.api.GET('/v1/permissions/{id}', { params: { path: { id } }, ...this.init(options) }));
  }

  /** The receipt of a permission that one's own agency recorded, for the person. See `verifyPermissionReceipt`. */
  async getPermissionReceipt(id: string, options: CallOptions = {}): Promise<PermissionReceipt> {
    return answerOf(
      await this.api.GET('/v1/permissions/{id}/receipt', { params: { path: { id } }, ...this.init(options) }),
    );
  }

  /** Withdraws a permission: from when this returns, no exchange relies on it. Withdrawing again changes nothing. */
  async withdrawPermission(id: string, options: CallOptions = {}): Promise<Permission> {
    return answerOf(
      await this.api.POST('/v1/permissions/{id}/withdraw', { params: { path: { id } }, ...this.init(options) }),
    );
  }

  /** The data services that one's own agency may know of. */
  async listDataServices(search: DataServiceSearch = {}, options: CallOptions = {}): Promise<DataServicePage> {
    return answerOf(await this.api.GET('/v1/data-services', { params: { query: search }, ...this.init(options) }));
  }

  /** Proof that an entry of one's own agency is in the log as its newest checkpoint signs it. */
  async proveEntry(index: number, options: CallOptions = {}): Promise<EntryProof> {
    return answerOf(
      await this.api.GET('/v1/log/entries/{index}/proof', {
        params: { path: { index: String(index) } },
        ...this.init(options),
      }),
    );
  }

  /** The newest checkpoint of the log (C2SP signed note). */
  async fetchCheckpoint(options: CallOptions = {}): Promise<string> {
    return answerOf(
      await this.api.GET('/v1/log/checkpoint', { parseAs: 'text', ...this.init(options), ...this.openly(options) }),
    );
  }

  /** The public keys with which `verifyReceipt` works. Fetch them once over a channel that you trust, and keep them. */
  async fetchKeys(options: CallOptions = {}): Promise<LogKeys> {
    return answerOf(await this.api.GET('/v1/log/keys', { ...this.init(options), ...this.openly(options) }));
  }

  /**
   * The headers of one request that another HTTP client sends, e.g. curl: a token, and a proof for this method and path that
   * holds once and for 60 seconds.
   * @param path from the root of the gateway, e.g. `/v1/queries`
   */
  async headersFor(method: string, path: string): Promise<{ readonly Authorization: string; readonly DPoP: string }> {
    return await this.transport.headersFor(method.toUpperCase(), new URL(this.baseUrl + path));
  }

  private init({ signal, traceparent, timeLimitMs = this.timeLimitMs }: CallOptions, headers: object = {}) {
    return {
      headers: { ...headers, ...(traceparent !== undefined && { traceparent }) },
      fetch: (request: Request) => this.transport.send(request, timeLimitMs),
      ...(signal && { signal }),
    };
  }

  /** The log's keys and checkpoints are public: no token is asked for to read them. */
  private openly({ timeLimitMs = this.timeLimitMs }: CallOptions) {
    return { fetch: (request: Request) => this.transport.sendOpenly(request, timeLimitMs) };
  }
}

function answerOf<Answer>(result: { data?: Answer; error?: unknown; response: Response }): Answer {
  if (!result.response.ok || result.data === undefined) throw errorOf(result.response, result.error);
  return result.data;
}

const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function readBaseUrl(text: string, allowHttp: boolean): string {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb || url.search || url.hash) throw new TypeError('baseUrl must be the public URL of a gateway.');
  if (url.protocol === 'http:' && !allowHttp && !THIS_MACHINE.test(url.hostname)) {
    throw new TypeError('baseUrl must begin with https:// for a gateway on another machine.');
  }
  return text.replace(/\/+$/, '');
}
