import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallingOfficer } from '../access/index.js';
import type { ConsoleCookies } from './console-scope.js';
import { SIGN_IN_MINUTES, SignInFailed } from './identity-provider.js';
import { SIGN_IN_FAULTS } from './in-plain-words.js';
import type { ConsoleParts, Show } from './mount-console.js';
import { officerOfAccount } from './officer-of-account.js';
import { ownPath } from './own-path.js';
import { view } from './page.js';
import { accountHash, IDLE_MINUTES } from './sessions.js';

interface SignInParts extends Pick<ConsoleParts, 'sessions' | 'provider' | 'registers' | 'securityLog' | 'log'> {
  readonly cookies: ConsoleCookies;
  readonly show: Show;
  readonly present: (request: FastifyRequest) => Promise<CallingOfficer | undefined>;
}

/** Signing in and out. All of it is public by nature: whoever comes here is not signed in yet, or is about to be no more. */
export function addSignInRoutes(scope: FastifyInstance, parts: SignInParts): void {
  const { cookies, show, sessions, provider, registers, securityLog } = parts;

  scope.get<{ Querystring: { to?: unknown } }>('/console/sign-in', async (request, reply) => {
    if (await parts.present(request)) return await reply.redirect(ownPath(textOf(request.query.to)), 303);
    const wasSignedIn = request.cookies[cookies.session] !== undefined;
    reply.clearCookie(cookies.session, cookies.options);
    const to = ownPath(textOf(request.query.to));
    const data = { to: encodeURIComponent(to), wasSignedIn, idleMinutes: IDLE_MINUTES };
    return await show.answer(request, reply, view('sign-in/sign-in', 'Sign in', data));
  });

  scope.get<{ Querystring: { to?: unknown } }>('/console/sign-in/start', async (request, reply) =>
    attempt(request, reply, async () => {
      const { url, sealed } = await provider.begin(ownPath(textOf(request.query.to)));
      reply.setCookie(cookies.signIn, sealed, { ...cookies.options, maxAge: SIGN_IN_MINUTES * 60 });
      return await reply.redirect(url.href, 303);
    }),
  );

  scope.get('/console/sign-in/callback', async (request, reply) =>
    attempt(request, reply, async () => {
      const sealed = request.cookies[cookies.signIn];
      reply.clearCookie(cookies.signIn, cookies.options);
      const at = request.url.indexOf('?');
      const proven = await provider.complete(at < 0 ? '' : request.url.slice(at), sealed);
      const found = officerOfAccount((await registers.fresh()).officers(), proven);
      if (!found) {
        securityLog.refused('SIGN_IN_REFUSED', { remoteAddress: request.ip });
        return await show.error(request, reply, 403, SIGN_IN_FAULTS['not-an-officer']);
      }
      const { sid } = proven.claims;
      const id = await sessions.open(
        { officer: found.officer.id, accountHash: accountHash(found.account) },
        proven.issuer,
        typeof sid === 'string' ? sid : undefined,
      );
      reply.setCookie(cookies.session, id, cookies.options);
      parts.log.security('console-signed-in', { officer: found.officer.id, remoteAddress: request.ip });
      return await reply.redirect(ownPath(proven.to), 303);
    }),
  );

  scope.post('/console/sign-out', { preHandler: scope.csrfProtection.bind(scope) }, async (request, reply) => {
    const officer = await parts.present(request);
    const id = request.cookies[cookies.session];
    if (id !== undefined) await sessions.endAllOfWhoHas(id);
    if (officer) parts.log.security('console-signed-out', { officer: officer.officer, remoteAddress: request.ip });
    reply.clearCookie(cookies.session, cookies.options).clearCookie(cookies.form, cookies.options);
    const there = await provider.endSessionUrl();
    return await reply.redirect(there?.href ?? '/console/signed-out', 303);
  });

  scope.get('/console/signed-out', async (request, reply) =>
    show.answer(request, reply, view('sign-in/signed-out', 'You are signed out', {})),
  );

  // From the provider itself, which signs what it says: no browser, no cookie, and so no token of a form.
  scope.post<{ Body: { logout_token?: unknown } | undefined }>(
    '/console/back-channel-logout',
    async (request, reply) => {
      let ended: Awaited<ReturnType<typeof provider.readLogoutToken>>;
      try {
        ended = await provider.readLogoutToken(textOf(request.body?.logout_token) ?? '');
      } catch {
        securityLog.refused('SIGN_IN_REFUSED', { remoteAddress: request.ip });
        return await reply.code(400).type('application/json').send({ error: 'invalid_request' });
      }
      const { issuer, subject, session } = ended;
      if (session !== undefined) await sessions.endOfProvider(issuer, session);
      else if (subject !== undefined) await sessions.endOfAccount({ issuer, value: subject });
      return await reply.code(200).send();
    },
  );

  async function attempt(request: FastifyRequest, reply: FastifyReply, run: () => Promise<unknown>): Promise<unknown> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      const away = error.fault === 'not-set-up' || error.fault === 'provider-away';
      if (error.fault === 'provider-away') parts.log.warn('identity-provider-away', { err: error.cause });
      if (!away) securityLog.refused('SIGN_IN_REFUSED', { remoteAddress: request.ip });
      return await show.error(request, reply, away ? 503 : 403, SIGN_IN_FAULTS[error.fault]);
    }
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
