import { SupplierFault } from './connector.js';
import type { Problems } from './configuration.js';
import { compileTemplate, Template, type TemplatePlace, type TemplateValues } from './template.js';

/** `.` or `..` as a whole segment, also behind an encoded slash or backslash, which some servers decode before routing. */
const DOT_SEGMENT = /(?:^|\/|%2F|%5C)\.{1,2}(?=$|\/|%2F|%5C)/i;

/** The path and query of a request: `path` in the configuration, below the base URL's own path. */
export class RequestTarget {
  constructor(
    private readonly path: Template,
    private readonly query: Template | undefined,
  ) {}

  get identifierTypes(): string[] {
    return [...this.path.identifierTypes, ...(this.query?.identifierTypes ?? [])];
  }

  /** @throws SupplierFault `not-askable` when a value is missing or would lead out of its path */
  fill(values: TemplateValues): string {
    const path = this.path.fill(values);
    if (DOT_SEGMENT.test(path)) throw new SupplierFault('not-askable', 'a value would lead out of its path');
    return this.query === undefined ? path : `${path}?${this.query.fill(values)}`;
  }
}

/** Reads `path`, which starts with one slash, may have a query, and has no `.` or `..` segment. */
export function compileTarget(
  baseUrl: URL | undefined,
  path: string,
  queryPlace: TemplatePlace,
  problems: Problems,
): RequestTarget | undefined {
  if (baseUrl !== undefined && baseUrl.search !== '') problems.add('baseUrl must not have a query');
  const [pathname = '', ...rest] = path.split('?');
  if (!pathname.startsWith('/') || pathname.startsWith('//') || pathname.includes('\\')) {
    problems.add('path must start with one slash and have no backslash');
  }
  if (DOT_SEGMENT.test(pathname)) problems.add('path must not have a . or .. segment');
  const prefix = (baseUrl?.pathname ?? '').replace(/\/+$/, '');
  const compiled = problems.attempt('path', () => compileTemplate(prefix + pathname, 'path'));
  const query = problems.attempt('path', () =>
    rest.length === 0 ? undefined : compileTemplate(rest.join('?'), queryPlace),
  );
  return compiled === undefined ? undefined : new RequestTarget(compiled, query);
}
