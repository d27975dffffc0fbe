import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { randomUUIDv7 } from 'node:crypto';
import { formatTraceparent, parseTraceparent } from './trace-context.js';

/** What is known of a request apart from what it asks. */
export interface RequestContext {
  /** The caller's `X-Request-ID` when it is well formed, otherwise a new UUIDv7. */
  readonly requestId: string;
  /** The caller's `X-Correlation-ID`, dropped when it is not well formed. */
  readonly correlationId?: string;
  /** The caller's `traceparent`, dropped when it is not well formed. */
  readonly traceparent?: string;
  readonly traceId?: string;
  /** The system that calls, once the access rules have established it. For the access log. */
  system?: string;
  /** The officer who calls, likewise. */
  officer?: string;
  /** The exchange, once it has an id. For the access log. */
  exchangeId?: string;
}

/**
 * A UUID, with or without hyphens. Ids of callers are logged and mirrored, so nothing is accepted that has room for
 * anything else: an NHS number or a name is not a UUID.
 */
const WELL_FORMED = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i;

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** The context of a request; made on first sight of it. Give Fastify's `request.raw`. */
export function requestContext(raw: IncomingMessage): RequestContext {
  const known = contexts.get(raw);
  if (known) return known;
  const context = readContext(raw.headers);
  contexts.set(raw, context);
  return context;
}

function readContext(headers: IncomingHttpHeaders): RequestContext {
  const id = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' && WELL_FORMED.test(value) ? value : undefined;
  };
  const correlationId = id('x-correlation-id');
  const trace = parseTraceparent(headers['traceparent']);
  return {
    requestId: id('x-request-id') ?? randomUUIDv7(),
    ...(correlationId !== undefined && { correlationId }),
    ...(trace && { traceparent: formatTraceparent(trace), traceId: trace.traceId }),
  };
}
