import { compile } from 'json-p3';
import type { CompilePath } from './permitted-items.js';

/**
 * Compiles an RFC 9535 JSONPath, strictly: no extensions.
 * @throws Error (for the author of the definition) when it is not one
 */
export const compileJsonPath: CompilePath<unknown> = (expression) => {
  const query = compile(expression);
  return {
    selectsOne: query.singularQuery(),
    // A parsed document is JSON; the library's type says the same in its own words.
    select: (document) => query.query(document as Parameters<typeof query.query>[0]).nodes,
  };
};
