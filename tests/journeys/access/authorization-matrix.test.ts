import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { OFFICER_ROLES, type OfficerRole } from '../../../src/agencies/index.js';
import { ConsoleModule } from '../../../src/console/console.module.js';
import {
  startAuthorizationWorld,
  type AuthorizationWorld,
  type Caller,
  type Things,
} from '../../support/authorization-world.js';
import { EVERY_PAGE, type ExpectedPage } from './every-page.js';
import { EVERY_ROUTE, type ExpectedRoute } from './every-route.js';

const CALLERS: readonly Caller[] = ['anyone', 'system', ...OFFICER_ROLES];
/** Things by the same names that are not there. */
const NOWHERE = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';

type Agency = Parameters<AuthorizationWorld['call']>[1];

/** A page but for the token of its forms, which is another each time. */
const withoutToken = (html: string): string => html.replaceAll(/name="_csrf" value="[^"]*"/g, '');

describe('who may call what', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await startAuthorizationWorld();
  });
  afterAll(() => world.gateway.stop());

  const nowhere = (): Things =>
    Object.fromEntries(Object.keys(world.things).map((thing) => [thing, NOWHERE])) as unknown as Things;

  it('is written down for every route that there is, and for no other', () => {
    expect(routesOf(world.gateway.sandbox.gateway.app).toSorted()).toEqual(Object.keys(EVERY_ROUTE).toSorted());
  });

  describe('in the console', () => {
    const AGENCIES = ['northmoor-council', 'northmoor-nhs-trust'] as const;
    const pages = Object.entries(EVERY_PAGE);
    const open = async (of: ExpectedPage, caller: 'anyone' | OfficerRole, agency: Agency, things: Things) =>
      await (
        await world.browse(caller, agency)
      )(of.path(things), of.form?.(things));
    const mayOpen = ({ may }: ExpectedPage): readonly OfficerRole[] => (may === 'public' ? OFFICER_ROLES : may);

    it('is written down for every page that there is, and for no other', () => {
      expect(pagesOf(world.gateway.sandbox.gateway.app).toSorted()).toEqual(Object.keys(EVERY_PAGE).toSorted());
    });

    it.each(pages)('%s refuses whoever it is not for', async (_, of) => {
      for (const caller of OFFICER_ROLES.filter((role) => !mayOpen(of).includes(role))) {
        const { status, text } = await open(of, caller, 'northmoor-council', world.things);
        expect([caller, status, text]).toEqual([caller, 403, expect.stringContaining('Your role does not open')]);
      }
      const { status } = await open(of, 'anyone', 'northmoor-council', world.things);
      // Who has no session has no form either.
      expect(status).toBe(of.may === 'public' ? 200 : of.form ? 403 : 303);
    });

    it.each(pages)('%s shows a stranger nothing that is not theirs', async (_, of) => {
      for (const caller of mayOpen(of)) {
        const answer = await open(of, caller, 'eastvale-council', world.things);
        if (of.stranger === 'the-same') expect(answer.status).toBe(200);
        if (of.stranger === 'not-found') {
          const other = await open(of, caller, 'eastvale-council', { ...nowhere(), hash: world.things.hash });
          expect([answer.status, withoutToken(answer.text)]).toEqual([404, withoutToken(other.text)]);
        }
        if (of.stranger === 'nothing-of-it') {
          // A place in the log is a number, such as stands on any page.
          const { entry: _place, ...things } = world.things;
          for (const thing of Object.values(things)) expect(answer.text).not.toContain(thing);
        }
      }
    });

    it.each(pages)('%s lets in whoever it is for', async (_, of) => {
      for (const caller of mayOpen(of)) {
        const statuses = await Promise.all(
          AGENCIES.map(async (agency) => (await open(of, caller, agency, world.things)).status),
        );
        expect([caller, statuses, statuses.some((status) => status < 400 || status === 409)]).toEqual([
          caller,
          statuses,
          true,
        ]);
      }
    });
  });

  const routes = Object.entries(EVERY_ROUTE);
  const call = async (name: string, of: ExpectedRoute, caller: Caller, agency: Agency, things: Things) =>
    await (
      await world.call(caller, agency)
    )(name.split(' ')[0]!, of.path(things), of.body?.(things));
  const isOpen = ({ may }: ExpectedRoute): boolean => may.includes('anyone');

  it.each(routes)('%s refuses whoever it is not for', async (name, of) => {
    for (const caller of CALLERS.filter((one) => !isOpen(of) && !of.may.includes(one))) {
      for (const agency of ['northmoor-council', 'northmoor-nhs-trust', 'eastvale-council'] as const) {
        const { status, body } = await call(name, of, caller, agency, world.things);
        const expected = caller === 'anyone' ? [401, 'TOKEN_MISSING'] : [403, 'ROLE_NOT_ALLOWED'];
        expect([caller, agency, status, body['code']]).toEqual([caller, agency, ...expected]);
      }
    }
  });

  it.each(routes)('%s shows a stranger nothing that is not theirs', async (name, of) => {
    for (const caller of CALLERS.filter((one) => of.may.includes(one))) {
      const answer = await call(name, of, caller, 'eastvale-council', world.things);
      if (of.stranger === 'the-same') expect([401, 403]).not.toContain(answer.status);
      if (of.stranger === 'not-found') {
        const other = await call(name, of, caller, 'eastvale-council', { ...nowhere(), hash: world.things.hash });
        expect([answer.status, answer.body]).toEqual([404, other.body]);
        expect(other.status).toBe(404);
      }
      if (of.stranger === 'nothing-of-it') {
        for (const thing of Object.values(world.things)) expect(answer.text).not.toContain(`"${String(thing)}"`);
      }
    }
  });

  it.each(routes)('%s lets in whoever it is for', async (name, of) => {
    for (const caller of CALLERS.filter((one) => of.may.includes(one))) {
      const agencies = ['northmoor-council', 'northmoor-nhs-trust'] as const;
      const answers = await Promise.all(agencies.map((agency) => call(name, of, caller, agency, world.things)));
      // What it then says of the state that things are in is another matter.
      const isIn = ({ status }: { status: number }): boolean =>
        isOpen(of) ? status !== 401 && status !== 403 : status < 400 || status === 409;
      expect(answers.some(isIn)).toBe(true);
    }
  });
});

/** What every page of the console is, by method and address. */
const pagesOf = (app: INestApplication): string[] =>
  app
    .get(ConsoleModule)
    .pages()
    .flatMap(({ routes }) => routes.map(({ method, path }) => `${method} ${path}`));

/** Method and path of every route of every controller. */
function routesOf(app: INestApplication): string[] {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, object>;
      const base = pathsOf(metatype);
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const method = Reflect.getMetadata(METHOD_METADATA, prototype[name]!) as RequestMethod | undefined;
        if (method === undefined) return [];
        return base.flatMap((one) =>
          pathsOf(prototype[name]!).map((path) => `${RequestMethod[method]} ${join(one, path)}`),
        );
      });
    });
}

const pathsOf = (of: object): string[] => [Reflect.getMetadata(PATH_METADATA, of) as string | string[]].flat();

const join = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
