import type { IncomingMessage } from 'node:http';
import { FastifyAdapter, RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestContext } from '../observability/index.js';
import { KnownMethods } from './known-methods.js';
import { problemBody, problemHeaders, toProblem } from './problem-answer.js';
import { Problem } from './problem.js';
import { MAX_BODY_BYTES } from './strict-json.js';

/** What NestFactory must be given with {@link createHttpAdapter}: no parser of its own, and start-up errors thrown to the caller. */
export const HTTP_APPLICATION_OPTIONS = { bodyParser: false, abortOnError: false } as const;

/** Longest time a request may take to arrive in full, milliseconds. */
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_PATH_PARAMETER = 200;

/** Kept for each adapter, so that a filter can ask. */
const knownMethods = new WeakMap<object, KnownMethods>();

/**
 * The HTTP server, made ready for the API before any route is known to it:
 *
 * - `application/json` arrives in controllers as the raw `Buffer`, at most {@link MAX_BODY_BYTES}; another type is
 *   `MEDIA_TYPE_UNSUPPORTED`. Nothing else has a parser, so a hook that answers in `onRequest` gets the stream unread;
 * - but a route of {@link TakesAnyBody} has the raw `Buffer` of a body of any type, or of none;
 * - ids of the request are taken over or made, and mirrored ({@link requestContext});
 * - every answer has the security headers; a page sets a `Content-Security-Policy` of its own.
 *
 * Does NOT authenticate, and writes no log.
 */
export function createHttpAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    genReqId: (raw: IncomingMessage) => requestContext(raw).requestId,
    // Errors of the router itself, e.g. of a malformed URL, come before any hook.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setHeaders(request, reply);
      sendProblem(reply, toProblem(error));
    },
  });
  const instance = adapter.getInstance();
  knownMethods.set(adapter, new KnownMethods(instance));
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const taken = takesAnyBody(request) || request.is404;
    done(taken ? null : new Problem('MEDIA_TYPE_UNSUPPORTED'), body);
  });
  instance.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply);
    done();
  });
  instance.addHook('onReady', (done) => {
    const isOpen = instance.hasContentTypeParser('application/x-www-form-urlencoded');
    done(
      isOpen ? new Error('create the application with HTTP_APPLICATION_OPTIONS: it has parsers of its own') : undefined,
    );
  });
  return adapter;
}

const ANY_BODY = 'gatehouseAnyBody';

/** For routes of protocols that name no content type. */
export const TakesAnyBody = (): MethodDecorator => RouteConfig({ [ANY_BODY]: true }) as MethodDecorator;

const takesAnyBody = ({ routeOptions }: FastifyRequest): boolean => ANY_BODY in routeOptions.config;

/** Set on the raw answer, so that what a hijacking handler writes itself has them too. */
function setHeaders(request: Pick<FastifyRequest, 'raw'>, reply: Pick<FastifyReply, 'raw'>): void {
  const { requestId, correlationId, traceparent } = requestContext(request.raw);
  const { raw } = reply;
  raw.setHeader('X-Request-ID', requestId);
  if (correlationId) raw.setHeader('X-Correlation-ID', correlationId);
  if (traceparent) raw.setHeader('traceparent', traceparent);
  raw.setHeader('Cache-Control', 'no-store');
  raw.setHeader('X-Content-Type-Options', 'nosniff');
  raw.setHeader('Referrer-Policy', 'no-referrer');
  raw.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  // `Gatehouse-Error` is set on the raw answer too, where the access log reads it.
  const headers = problemHeaders(problem);
  for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
  reply
    .code(problem.status)
    .headers(headers)
    .send(JSON.stringify(problemBody(problem)));
}

/** Makes of "no such route" a "not this method" where the path exists, and says which methods do. */
export function refineNotFound(adapter: object, request: FastifyRequest, reply: FastifyReply): Problem {
  const methods = knownMethods.get(adapter)?.of(request.url) ?? [];
  if (methods.length === 0 || methods.includes(request.method)) return new Problem('NOT_FOUND');
  reply.header('Allow', methods.join(', '));
  return new Problem('METHOD_NOT_ALLOWED', { detail: `Use ${methods.join(' or ')}.` });
}
