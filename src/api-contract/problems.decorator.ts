import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from './problem.js';

/** Where the codes wait in the document until `buildOpenApi` makes responses of them. */
export const PROBLEMS_EXTENSION = 'x-gatehouse-problems';

/**
 * Declares which problems a route answers. The OpenAPI document lists each, by status, with an example.
 *
 * Those that follow from the kind of route need no mention: `INTERNAL`; the 401s, `ROLE_NOT_ALLOWED` and `STORE_UNAVAILABLE` of a
 * route that needs a token; what a body may be refused for (`REQUEST_MALFORMED`, `REQUEST_INVALID`, `REQUEST_TOO_LARGE`,
 * `MEDIA_TYPE_UNSUPPORTED`).
 */
export function Problems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  return ApiExtension(PROBLEMS_EXTENSION, [...codes]) as MethodDecorator & ClassDecorator;
}
