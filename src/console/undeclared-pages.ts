import { OFFICER_ROLES } from '../agencies/index.js';
import { StartUpError } from '../config/index.js';
import type { ConsolePage } from './page.js';

/**
 * INVARIANT: 2. A page that does not say who may open it stops the start-up, as a route of the API does.
 * @throws StartUpError naming every such address
 */
export function refuseUndeclaredPages(pages: readonly ConsolePage[]): void {
  const undeclared = pages
    .flatMap(({ routes }) => routes)
    .filter(({ roles }) => !isDeclared(roles))
    .map(({ method, path }) => `${method} ${path}`);
  if (undeclared.length > 0) {
    throw new StartUpError(`No roles are declared for ${undeclared.join(', ')}: say who may open each page.`);
  }
}

/** The type asks for it too; what is not typed, or cast, is caught here. */
const isDeclared = (roles: unknown): boolean =>
  roles === 'public' ||
  (Array.isArray(roles) &&
    roles.length > 0 &&
    roles.every((role) => (OFFICER_ROLES as readonly unknown[]).includes(role)));
