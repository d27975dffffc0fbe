import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallingOfficer, SecurityLog } from '../access/index.js';
import { Problem, PROBLEMS, toProblem } from '../api-contract/index.js';
import type { Clock } from '../config/index.js';
import type { RegisterService } from '../definitions/definitions.module.js';
import { requestContext, type Log } from '../observability/index.js';
import { readAssets } from './assets.js';
import { cookiesOf, prepareScope } from './console-scope.js';
import type { IdentityProvider } from './identity-provider.js';
import { ERRORS, FORM_NOT_GENUINE, type ErrorWords } from './in-plain-words.js';
import { stillHas } from './officer-of-account.js';
import { opens, type ConsolePage, type Fault, type PageAnswer, type PageRoute, type Visit } from './page.js';
import type { Sessions } from './sessions.js';
import { addSignInRoutes } from './sign-in.js';
import { readViews } from './views.js';

/** What the console is made of. */
export interface ConsoleParts {
  readonly pages: readonly ConsolePage[];
  readonly publicUrl: string;
  /** 32 bytes, the same on each replica. */
  readonly key: Buffer;
  readonly clock: Clock;
  readonly registers: RegisterService;
  readonly sessions: Sessions;
  readonly provider: IdentityProvider;
  readonly securityLog: SecurityLog;
  readonly log: Log;
}

/** Serves the console from the application's Fastify, in a scope of its own. */
export function mountConsole(fastify: FastifyInstance, parts: ConsoleParts): void {
  void fastify.register(async (scope) => {
    const cookies = cookiesOf(parts.publicUrl);
    await prepareScope(scope, { cookies, key: parts.key, formAction: () => parts.provider.endSessionOrigin() });
    const show = makeShow(parts, cookies.session);
    const present = (request: FastifyRequest): Promise<CallingOfficer | undefined> =>
      findOfficer(parts, request, cookies.session);

    scope.setErrorHandler(async (error, request, reply) => {
      if (isForged(error)) {
        parts.securityLog.refused('FORM_NOT_GENUINE', { remoteAddress: request.ip });
        return await show.error(request, reply, 403, FORM_NOT_GENUINE);
      }
      const problem = toProblem(error);
      report(parts.log, request, problem);
      return await show.error(request, reply, problem.status, wordsOf(problem));
    });
    serveAssets(scope);
    addSignInRoutes(scope, { ...parts, cookies, show, present });
    for (const route of parts.pages.flatMap(({ routes }) => routes)) {
      scope.route({
        method: route.method,
        url: route.path,
        ...(route.method === 'POST' && { preHandler: scope.csrfProtection.bind(scope) }),
        handler: async (request, reply) => await servePage(route, request, reply),
      });
    }
    scope.all('/console/*', () => {
      throw new Problem('NOT_FOUND');
    });

    async function servePage(route: PageRoute, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
      const officer = await present(request);
      const visit = visitOf(request, parts.clock.now());
      if (route.roles === 'public') return await show.answer(request, reply, await route.answer({ ...visit, officer }));
      if (!officer) return await reply.redirect(signInPath(request), 303);
      if (!opens(route.roles, officer)) throw new Problem('ROLE_NOT_ALLOWED');
      return await show.answer(request, reply, await route.answer({ ...visit, officer }));
    }
  });
}

/** How pages are written, with what surrounds them for whoever is there. */
export interface Show {
  answer(request: FastifyRequest, reply: FastifyReply, answer: PageAnswer): Promise<unknown>;
  error(request: FastifyRequest, reply: FastifyReply, status: number, words: ErrorWords): Promise<unknown>;
}

function makeShow(parts: ConsoleParts, sessionCookie: string): Show {
  const render = readViews();
  const { styleSheet } = readAssets();
  const page = (
    request: FastifyRequest,
    reply: FastifyReply,
    of: { view: string; title: string; data: object; faults: readonly Fault[]; status: number },
  ): unknown => {
    const officer = officers.get(request);
    const entries = parts.pages.flatMap(({ entry, routes }) => {
      const route = routes.find(({ path }) => path === entry?.path);
      return entry && officer && route && opens(route.roles, officer) ? [entry] : [];
    });
    const userInfo = request.cookies[sessionCookie] ?? '';
    const html = render(
      of.view,
      {
        title: of.title,
        styleSheet,
        path: request.url.split('?')[0] ?? '',
        officer,
        agencyName: officer && (parts.registers.current().agency(officer.agency)?.name ?? officer.agency),
        entries,
        formToken: officer ? reply.generateCsrf({ userInfo }) : undefined,
        faults: of.faults,
      },
      of.data,
    );
    return reply.code(of.status).type('text/html; charset=utf-8').send(html);
  };
  return {
    async answer(request, reply, answer) {
      switch (answer.kind) {
        case 'redirect':
          return await reply.redirect(answer.to, 303);
        case 'file':
          reply.header('Content-Disposition', `attachment; filename="${answer.name}"`);
          return await reply.type(answer.type).send(answer.text);
        case 'stream':
          reply.header('Content-Disposition', `attachment; filename="${answer.name}"`);
          return await reply.type(answer.type).send(answer.stream);
        case 'view':
          return page(request, reply, { ...answer, status: answer.faults.length > 0 ? 400 : 200 });
      }
    },
    async error(request, reply, status, { title, text }) {
      return page(request, reply, { view: 'error/error', title, data: { text }, faults: [], status });
    },
  };
}

/** Who is there, once it was established; an error page too shows them signed in. */
const officers = new WeakMap<FastifyRequest, CallingOfficer>();

/** The officer whose session the browser brings, as they are registered now. */
async function findOfficer(
  { sessions, registers }: ConsoleParts,
  request: FastifyRequest,
  cookie: string,
): Promise<CallingOfficer | undefined> {
  const id = request.cookies[cookie];
  const session = id === undefined ? undefined : await sessions.use(id);
  const officer = session && registers.current().officer(session.officer);
  // Whoever was removed, or lost the account that they signed in with, is not signed in any more.
  if (!officer || !stillHas(officer, session.accountHash)) return undefined;
  requestContext(request.raw).officer = officer.id;
  const present = { officer: officer.id, agency: officer.agency, roles: officer.roles };
  officers.set(request, present);
  return present;
}

function visitOf({ params, query, body }: FastifyRequest, now: Date): Omit<Visit, 'officer'> {
  const first = Object.entries((query ?? {}) as Record<string, string | string[]>).map(
    ([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value] as const,
  );
  const all = Object.entries((body ?? {}) as Record<string, string | string[]>).map(
    ([name, value]) => [name, Array.isArray(value) ? value : [value]] as const,
  );
  return {
    params: params as Record<string, string>,
    query: Object.fromEntries(first),
    form: Object.fromEntries(all),
    now,
  };
}

/** What was filled in is lost, so only what was read is come back to. */
const signInPath = ({ method, url }: FastifyRequest): string =>
  method === 'GET' && url !== '/console' ? `/console/sign-in?to=${encodeURIComponent(url)}` : '/console/sign-in';

function serveAssets(scope: FastifyInstance): void {
  const { files } = readAssets();
  scope.get<{ Params: { file: string } }>('/console/assets/:file', async ({ params: { file } }, reply) => {
    const asset = files.get(file);
    if (!asset) throw new Problem('NOT_FOUND');
    return await reply.header('Cache-Control', 'public, max-age=86400').type(asset.type).send(asset.bytes);
  });
}

const isForged = (error: unknown): boolean =>
  ['FST_CSRF_MISSING_SECRET', 'FST_CSRF_INVALID_TOKEN'].includes(String((error as { code?: unknown }).code));

const wordsOf = ({ code, details }: Problem): ErrorWords =>
  ERRORS[code] ?? { title: PROBLEMS[code].title, text: details.detail ?? 'Nothing was changed.' };

/** As `ProblemFilter` does for the API. INVARIANT: 1. What was thrown is reduced to its class and code. */
function report(log: Log, request: FastifyRequest, problem: Problem): void {
  if (problem.status < 500 || problem.cause === undefined) return;
  const { requestId } = requestContext(request.raw);
  const fields = { requestId, code: problem.code, err: problem.cause };
  if (problem.code === 'INTERNAL') log.error('request-failed', fields);
  else log.warn('request-not-served', fields);
}
