import type { DataItem } from '../catalogue/data-service.js';

/** How the gateway makes itself known to a supplier. Secrets are named, never written: `secret` is the name of a setting that starts with `SUPPLIER_`. */
export type SupplierCredential =
  | { readonly method: 'none' }
  | { readonly method: 'api-key'; readonly header: string; readonly secret: string }
  | {
      readonly method: 'client-credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly secret: string;
      readonly scope?: string;
    }
  /** Each member names a secret that holds PEM text. `ca` replaces the machine's own list of trusted authorities. */
  | { readonly method: 'mtls'; readonly certificate: string; readonly privateKey: string; readonly ca?: string };

interface Limits {
  /** The supplier's whole time, connection to last byte, milliseconds; default 5,000, at most 30,000. */
  readonly deadlineMs?: number;
  /** Largest answer read, bytes (all pages together); default 1 MiB, at most 8 MiB. */
  readonly maxBytes?: number;
  /** No answer is passed on sooner than this after the request began, milliseconds; default 0. Hides whether a person was found. */
  readonly answerNoSoonerThanMs?: number;
  /** Most requests under way at once; more are turned away as `busy`. Default 64, at most 1,024. */
  readonly maxConcurrent?: number;
}

/**
 * A JSON API. `{identifier:<type>}`, `{items}`, `{exchangeId}`, `{purpose}` are filled in, each escaped for its place; `{{`
 * and `}}` stand for the braces themselves. An identifier that a template names and the subject does not have is never
 * left out (a search with one condition fewer finds other people): the supplier is not asked, `not-askable`.
 */
export interface HttpJsonConfiguration extends Limits {
  readonly kind: 'http-json';
  /** `https:` (or `http:` on loopback). The only origin this connector ever calls, beside the token URL's. */
  readonly baseUrl: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON template of the body; templates inside its strings are filled in. */
  readonly body?: unknown;
  readonly credential: SupplierCredential;
  /** Statuses that mean "no such person here"; default `[404]`. 4xx, but not those that are about the gateway itself. */
  readonly notFoundStatuses?: readonly number[];
  /** A POST is retried only if this says that repeating it changes nothing; a GET always may be. Default false. */
  readonly safeToRetry?: boolean;
}

/** A FHIR R4 server. `search` starts at a search URL and follows `next` links; `read` reads one resource. Both are GETs. */
export interface FhirR4Configuration extends Limits {
  readonly kind: 'fhir-r4';
  readonly baseUrl: string;
  readonly interaction: 'search' | 'read';
  /** E.g. `/Observation?patient.identifier=https://fhir.nhs.uk/Id/nhs-number|{identifier:nhs-number}`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credential: SupplierCredential;
  /** Most pages followed; default 10, at most 100. A search with more is `too-large`: never a part of an answer. */
  readonly maxPages?: number;
}

export type ConnectorConfiguration = HttpJsonConfiguration | FhirR4Configuration;

/** What is asked of a supplier. Holds personal data: it lives in memory for one exchange and MUST NOT be logged. */
export interface SupplierRequest {
  readonly exchangeId: string;
  readonly purpose: string;
  /** Normalised identifiers by type. */
  readonly identifiers: Readonly<Record<string, string>>;
  /** The permitted items, and no other. */
  readonly items: readonly DataItem[];
  /** W3C Trace Context (`traceparent`), passed on when given. */
  readonly traceparent?: string;
  /** Aborts the fetch, e.g. when the requester has gone away. */
  readonly signal?: AbortSignal;
}

/**
 * What came back, built up from the permitted items. A missing value is `null`, and a person whom the supplier does not
 * know is `null` in every item: the two look the same on purpose (invariant 9); `matched` tells them apart for
 * agreements that say so.
 */
export interface SupplierAnswer {
  readonly matched: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  /** Permitted items that the supplier marked as suppressed; they are not in `data`. */
  readonly suppressed: readonly string[];
  /** How many values the supplier sent beyond the permitted items. They are dropped. */
  readonly surplus: number;
}

export type SupplierFaultCode =
  | 'refused' // 401, 403, other 4xx
  | 'unavailable' // 5xx, connection refused, reset
  | 'timed-out'
  | 'too-large'
  | 'not-understood' // not JSON, a redirect, a wrong content type
  | 'wrong-type' // a value fails its item's schema, or several were found where one is expected
  | 'busy' // as many requests to this supplier as it may have are under way; nothing was sent
  | 'not-askable' // the templates need an identifier that is missing or does not fit, or the configuration cannot be used; nothing was sent
  | 'abandoned'; // the caller's signal aborted

/** The supplier did not give a usable answer. The message names the fault, never what was sent or received. */
export class SupplierFault extends Error {
  override readonly name = 'SupplierFault';
  constructor(
    readonly code: SupplierFaultCode,
    /** For the operator's log, e.g. `status 503`. MUST NOT hold a value of a person. */
    readonly detail: string,
  ) {
    super(`supplier ${code}: ${detail}`);
  }
}

/** The contract that every kind of connector keeps; one test suite holds each of them to it. */
export interface Connector {
  /**
   * Fetches the permitted items from the supplier.
   * @throws SupplierFault in every case in which the answer is not complete, well-formed and in time
   */
  fetchItems(request: SupplierRequest): Promise<SupplierAnswer>;
  /** Closes connections. */
  close(): Promise<void>;
}
