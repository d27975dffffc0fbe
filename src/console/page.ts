import type { Readable } from 'node:stream';
import type { CallingOfficer } from '../access/index.js';
import type { OfficerRole } from '../agencies/index.js';

/** Who may open a page: officers with at least one of the roles, or everybody. There is no page without it. */
export type PageRoles = readonly [OfficerRole, ...OfficerRole[]] | 'public';

/** Everyone who reads what is disclosed, so everyone but operators. */
export const READERS = ['officer', 'reviewer', 'administrator', 'oversight'] as const;
/** Everyone who takes steps for their agency. */
export const ACTORS = ['officer', 'reviewer'] as const;
export const EVERYONE = [...READERS, 'operator'] as const;

/** What a page is asked. */
export interface Visit {
  readonly officer: CallingOfficer;
  /** From the path. */
  readonly params: Readonly<Record<string, string>>;
  /** The first value of each member of the query. Text that anybody may have made up. */
  readonly query: Readonly<Record<string, string>>;
  /** What was filled in; empty for GET. Every value of each member. */
  readonly form: Readonly<Record<string, readonly string[]>>;
  readonly now: Date;
}

/** A visit to a public page, by whoever it is. */
export type PublicVisit = Omit<Visit, 'officer'> & { readonly officer: CallingOfficer | undefined };

/** What a page answers. */
export type PageAnswer =
  | {
      readonly kind: 'view';
      /** Path of the view below `pages/`, without `.njk`. */
      readonly view: string;
      readonly title: string;
      readonly data: object;
      /** Of what was filled in and cannot be accepted: shown at the top, and beside its field. The status is 400 then. */
      readonly faults: readonly Fault[];
    }
  | { readonly kind: 'stream'; readonly name: string; readonly type: string; readonly stream: Readable }
  | { readonly kind: 'redirect'; /** A path of the console. */ readonly to: string }
  | { readonly kind: 'file'; readonly name: string; readonly type: string; readonly text: string | Buffer };

/** A field that cannot be accepted, by the id of its element, and what to do about it. */
export interface Fault {
  readonly field: string;
  readonly text: string;
}

export const view = (name: string, title: string, data: object, faults: readonly Fault[] = []): PageAnswer => ({
  kind: 'view',
  view: name,
  title,
  data,
  faults,
});
export const redirect = (to: string): PageAnswer => ({ kind: 'redirect', to });
export const csvFile = (name: string, text: string): PageAnswer => ({
  kind: 'file',
  name,
  type: 'text/csv; charset=utf-8',
  text,
});

/** One address of a page. */
export type PageRoute = { readonly method: 'GET' | 'POST'; readonly path: `/console${string}` } & (
  | {
      readonly roles: Exclude<PageRoles, 'public'>;
      readonly answer: (visit: Visit) => PageAnswer | Promise<PageAnswer>;
    }
  | { readonly roles: 'public'; readonly answer: (visit: PublicVisit) => PageAnswer | Promise<PageAnswer> }
);

/** A page of the console: a controller. Its view stands beside it. */
export interface ConsolePage {
  readonly routes: readonly PageRoute[];
  /** Its entry in the navigation, which only those see who may open it. */
  readonly entry?: { readonly text: string; readonly path: `/console${string}` };
}

/** Whether an officer, or nobody, may open a route. INVARIANT: 2. Whatever it does not name, it refuses. */
export const opens = (roles: PageRoles, officer: CallingOfficer | undefined): boolean =>
  roles === 'public' || (officer !== undefined && roles.some((role) => officer.roles.includes(role)));
