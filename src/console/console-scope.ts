import { fastifyCookie, type CookieSerializeOptions } from '@fastify/cookie';
import fastifyCsrf from '@fastify/csrf-protection';
import fastifyFormbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Largest form, bytes. */
const LARGEST_FORM = 16_384;

/** What the browser keeps. Under an https address each has the prefix that ties it to this host, path and TLS (RFC 6265bis). */
export interface ConsoleCookies {
  readonly session: string;
  readonly signIn: string;
  readonly form: string;
  /** Of each of them. A session cookie: it goes with the browser, and the server ends it before that. */
  readonly options: CookieSerializeOptions;
}

export function cookiesOf(publicUrl: string): ConsoleCookies {
  const secure = publicUrl.startsWith('https:');
  const name = (what: string): string => `${secure ? '__Host-' : ''}gatehouse-${what}`;
  return {
    session: name('session'),
    signIn: name('sign-in'),
    form: name('form'),
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure },
  };
}

/**
 * Makes a scope of Fastify ready for pages: cookies, forms, tokens of forms and headers. The routes of the API stand
 * outside it, so that they go on taking JSON alone and reading no cookie.
 *
 * @param key 32 bytes, which a form's token is bound to the session with
 * @param formAction origins beside this one that a form may lead to, by way of a redirect
 */
export async function prepareScope(
  scope: FastifyInstance,
  of: {
    readonly cookies: ConsoleCookies;
    readonly key: Buffer;
    readonly formAction: () => string | undefined;
  },
): Promise<void> {
  const { cookies, key } = of;
  scope.removeAllContentTypeParsers();
  await scope.register(fastifyCookie);
  await scope.register(fastifyFormbody, { bodyLimit: LARGEST_FORM });
  await scope.register(fastifyCsrf, {
    cookieKey: cookies.form,
    cookieOpts: cookies.options,
    csrfOpts: { hmacKey: key.toString('base64url'), userInfo: true },
    getUserInfo: (request: FastifyRequest) => request.cookies[cookies.session] ?? '',
    getToken: (request: FastifyRequest) => {
      const { _csrf: token } = (request.body ?? {}) as { _csrf?: unknown };
      return typeof token === 'string' ? token : '';
    },
  });
  scope.addHook('onRequest', async (_request: FastifyRequest, reply: FastifyReply) => {
    const actions = ["'self'", of.formAction()].filter(Boolean).join(' ');
    reply.headers({
      'Content-Security-Policy': `default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; form-action ${actions}; base-uri 'none'; frame-ancestors 'none'`,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
      'X-Frame-Options': 'DENY',
      ...(cookies.options.secure === true && { 'Strict-Transport-Security': 'max-age=31536000' }),
    });
  });
}
