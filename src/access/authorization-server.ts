import type { EventEmitter } from 'node:events';
import { errors, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { Problem, PROBLEMS } from '../api-contract/index.js';
import type { GatewayKeys, SigningKey } from '../keys/index.js';
import type { Log } from '../observability/index.js';
import { CALLER_ALGORITHMS, TOKEN_ALGORITHM, TOKEN_LIFETIME_SECONDS } from './algorithms.js';
import { makeAdapter, type AuthorizationRecords } from './authorization-records.js';
import { checkClientAssertion, CLOCK_TOLERANCE_SECONDS } from './client-assertion.js';
import type { SecurityLog } from './security-log.js';
import type { ClientDirectory } from './client-directory.js';

/** What the authorization server is made of. */
export interface AuthorizationServerParts {
  /** Issuer of tokens and their audience. */
  readonly publicUrl: string;
  readonly keys: Pick<GatewayKeys, 'token' | 'cookie'>;
  readonly clients: ClientDirectory;
  readonly records: AuthorizationRecords;
  readonly securityLog: SecurityLog;
  readonly log: Log;
}

/** Paths below the public URL. Nothing else of oidc-provider is served. */
export const TOKEN_PATH = '/oauth/token';
export const JWKS_PATH = '/oauth/jwks';
export const METADATA_PATH = '/.well-known/oauth-authorization-server';

/** RFC 8414 section 2: the members that are true of this server. oidc-provider would also announce OpenID Connect. */
const METADATA = [
  'issuer',
  'token_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'dpop_signing_alg_values_supported',
];

/**
 * Makes the authorization server: client credentials alone, `private_key_jwt` alone, DPoP always; access tokens are JWTs
 * (RFC 9068) for the gateway itself that carry who called and nothing else.
 *
 * It reads the machine's clock, not the injected one.
 */
export function makeAuthorizationServer(parts: AuthorizationServerParts): Provider {
  const provider = new Provider(parts.publicUrl, configure(parts));
  // Behind a proxy the public URL is not what the socket shows; the mount sets the forwarded headers from the settings.
  provider.proxy = true;
  // Asking and keeping must be one statement, or two replicas may both find a `jti` unused.
  provider.ReplayDetection.unique = (clientId, jti, expiresAt) => parts.records.useOnce(clientId, jti, expiresAt);
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== METADATA_PATH || ctx.status !== 200) return;
    const all = ctx.body as Record<string, unknown>;
    ctx.body = Object.fromEntries(METADATA.map((name) => [name, all[name]]));
  });
  provider.on('grant.error', (ctx) => parts.securityLog.refused('TOKEN_REQUEST_REFUSED', { remoteAddress: ctx.ip }));
  provider.on('server_error', (ctx, error) => answerServerError(ctx, error, parts.log));
  // Koa prints what nobody listens for, with its stack.
  (provider as EventEmitter).on('error', (err: unknown) => parts.log.error('authorization-server-failed', { err }));
  return provider;
}

function configure({ publicUrl, keys, clients }: AuthorizationServerParts): Configuration {
  return {
    adapter: (kind: string) => makeAdapter(kind, clients),
    jwks: { keys: [describeTokenKey(keys.token)] },
    cookies: { keys: [keys.cookie.toString('base64url')] },
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: [...CALLER_ALGORITHMS], dPoPSigningAlgValues: [...CALLER_ALGORITHMS] },
    clientDefaults: { id_token_signed_response_alg: TOKEN_ALGORITHM },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims) =>
      checkClientAssertion(claims, publicUrl, Math.floor(Date.now() / 1000)),
    responseTypes: [],
    scopes: [],
    routes: { token: TOKEN_PATH, jwks: JWKS_PATH },
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
    clientBasedCORS: () => false,
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
    features: {
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => publicUrl,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource.replace(/\/$/, '') !== publicUrl) throw new errors.InvalidTarget();
          return {
            scope: '',
            audience: publicUrl,
            accessTokenTTL: TOKEN_LIFETIME_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: TOKEN_ALGORITHM, kid: keys.token.kid } },
          };
        },
      },
    },
  };
}

function describeTokenKey(key: SigningKey): Record<string, unknown> {
  return { ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: TOKEN_ALGORITHM };
}

/** A database that does not answer is 503 here as everywhere; anything else is a defect, whose message stays inside. */
function answerServerError(ctx: KoaContextWithOIDC, err: Error, log: Log): void {
  const problem =
    err instanceof Problem && err.code === 'STORE_UNAVAILABLE' ? PROBLEMS.STORE_UNAVAILABLE : PROBLEMS.INTERNAL;
  ctx.status = problem.status;
  if ('retryAfterSeconds' in problem) {
    log.warn('token-request-not-served', { err });
    ctx.set('Retry-After', String(problem.retryAfterSeconds));
    ctx.body = { error: 'temporarily_unavailable', error_description: problem.title };
  } else {
    log.error('authorization-server-failed', { err });
    ctx.body = { error: 'server_error', error_description: problem.title };
  }
}
