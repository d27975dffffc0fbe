import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import { requestContext } from './request-context.js';

/** Routes that are asked every few seconds by machines; their lines are written at level `debug`. */
const PROBES: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * Writes a line and counts for each request when the connection is done with it, answered or not.
 *
 * INVARIANT: 1. The route's template stands for the URL, which may hold an id; nothing of headers or bodies is kept.
 */
export function logRequests(instance: FastifyInstance, log: Log, metrics: Metrics): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const finished = metrics.requestStarted();
    reply.raw.once('close', () => {
      const route = request.routeOptions.url ?? 'unmatched';
      finished(request.method, route, reply.raw.statusCode);
      writeLine(log, route, request, reply);
    });
    done();
  });
}

function writeLine(log: Log, route: string, request: FastifyRequest, reply: FastifyReply): void {
  const { requestId, correlationId, traceId, system, officer, exchangeId } = requestContext(request.raw);
  const code = reply.raw.getHeader('gatehouse-error');
  const line = {
    requestId,
    correlationId,
    traceId,
    exchangeId,
    system,
    officer,
    method: request.method,
    route,
    status: reply.raw.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    ...(typeof code === 'string' && { code }),
    ...(!reply.raw.writableFinished && { aborted: true }),
  };
  if (PROBES.has(route)) log.debug('request-answered', line);
  else log.info('request-answered', line);
}
