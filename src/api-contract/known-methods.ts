import type { FastifyInstance } from 'fastify';

/** Tells which methods a path knows, so that a wrong method is answered 405 with `Allow` (RFC 9110, section 15.5.6). */
export class KnownMethods {
  readonly #routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();

  /** Learns each route of the instance that is registered after this call. */
  constructor(instance: FastifyInstance) {
    instance.addHook('onRoute', ({ url, method }) => {
      const route = this.#routes.get(url) ?? { path: pathPattern(url), methods: new Set() };
      for (const each of [method].flat()) route.methods.add(each);
      this.#routes.set(url, route);
    });
  }

  /** The methods of the first route whose path matches, sorted; none when there is no such path. Reads no query. */
  of(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const matching = [...this.#routes.values()].find((route) => route.path.test(path));
    return [...(matching?.methods ?? [])].toSorted();
  }
}

function pathPattern(url: string): RegExp {
  // A wildcard would make every path known.
  if (url.includes('*')) return /$^/;
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
