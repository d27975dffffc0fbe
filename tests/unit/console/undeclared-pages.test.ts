import type { ConsolePage, PageRoute } from '../../../src/console/page.js';
import { refuseUndeclaredPages } from '../../../src/console/undeclared-pages.js';

const pageFor = (roles: unknown): ConsolePage => ({
  routes: [
    { method: 'GET', path: '/console/somewhere', roles, answer: () => ({ kind: 'redirect', to: '/' }) } as PageRoute,
  ],
});

describe('a page of the console', () => {
  it.each([undefined, null, [], '', 'officer', ['nobody'], ['officer', 'nobody'], [undefined], { 0: 'officer' }])(
    'stops the start-up where it is for %j',
    (roles) => {
      expect(() => refuseUndeclaredPages([pageFor('public'), pageFor(roles)])).toThrow(
        'No roles are declared for GET /console/somewhere: say who may open each page.',
      );
    },
  );

  it.each([['public'], [['officer']], [['reviewer', 'operator']]])('may be for %j', (roles) => {
    expect(() => refuseUndeclaredPages([pageFor(roles)])).not.toThrow();
  });
});
