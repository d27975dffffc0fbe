import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import { JWKS_PATH, METADATA_PATH, TOKEN_PATH } from './authorization-server.js';

const ROUTES = [
  ['POST', TOKEN_PATH],
  ['GET', JWKS_PATH],
  ['GET', METADATA_PATH],
] as const;

/**
 * Serves the authorization server's endpoints from the application's Fastify. They are public by nature: the token
 * endpoint authenticates its clients itself.
 */
export function mountAuthorizationServer(fastify: FastifyInstance, provider: Provider, publicUrl: string): void {
  const handle = provider.callback();
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    presentAsPublic(request, publicUrl);
    reply.hijack();
    await handle(request.raw, reply.raw);
  };
  void fastify.register((scope, _options, done) => {
    // oidc-provider reads the body itself, bounded at 56 KiB.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const [method, url] of ROUTES) scope.route({ method, url, handler: serve });
    done();
  });
}

/** Replaces what a proxy, or the caller, says of the address with the gateway's own public URL. */
function presentAsPublic(request: FastifyRequest, publicUrl: string): void {
  const { protocol, host, pathname } = new URL(publicUrl);
  const { headers } = request.raw;
  headers['x-forwarded-proto'] = protocol.slice(0, -1);
  headers['x-forwarded-host'] = host;
  headers['x-forwarded-for'] = request.ip;
  if (pathname !== '/') Object.assign(request.raw, { baseUrl: pathname });
}
