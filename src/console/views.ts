import { createRequire } from 'node:module';
import path from 'node:path';
import nunjucks from 'nunjucks';
import type { CallingOfficer } from '../access/index.js';
import { projectFolder } from '../config/index.js';
import { AGREEMENT_STATES, counted, dayInWords, inWords, monthInWords, shortDay, ukDay, ukTime } from './in-words.js';
import type { Fault } from './page.js';

/** What every page is given beside its own data. */
export interface Surroundings {
  readonly title: string;
  readonly styleSheet: string;
  /** Path of the page, without its query. */
  readonly path: string;
  readonly officer: CallingOfficer | undefined;
  readonly agencyName: string | undefined;
  readonly entries: readonly { readonly text: string; readonly path: string }[];
  /** For the forms of the page; absent where nobody is signed in. */
  readonly formToken: string | undefined;
  readonly faults: readonly Fault[];
}

/** Writes a page. @param view path below `pages/`, without `.njk` */
export type Views = (view: string, surroundings: Surroundings, data: object) => string;

/**
 * Reads the views, which stand beside their pages, and the components of govuk-frontend.
 *
 * Guarantee: whatever is put into a view is escaped; no view marks anything as safe (a test holds them to it).
 */
export function readViews(): Views {
  const components = path.dirname(createRequire(import.meta.url).resolve('govuk-frontend/package.json'));
  const own = path.join(projectFolder(), 'src', 'console');
  const loader = new nunjucks.FileSystemLoader([own, path.join(components, 'dist')]);
  const environment = new nunjucks.Environment(loader, { autoescape: true, trimBlocks: true, lstripBlocks: true });
  const filters = { ukTime, ukDay, shortDay, monthInWords, dayInWords, inWords, counted };
  for (const [name, filter] of Object.entries(filters)) environment.addFilter(name, filter as () => string);
  environment.addGlobal('agreementStates', AGREEMENT_STATES);
  return (view, surroundings, data) => {
    const faultOf = Object.fromEntries(surroundings.faults.map(({ field, text }) => [field, { text }]));
    return environment.render(`pages/${view}.njk`, { ...data, ...surroundings, faultOf });
  };
}
