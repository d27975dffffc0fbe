import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import { DPOP_SCHEME } from '../api-contract/index.js';

/** Who may call a route: any registered `system` with token and proof, or the `public`, unauthenticated. */
export type AccessRule = 'system' | 'public';

const ACCESS_RULE = 'gatehouse:access-rule';

/**
 * Declares who may call a route, or every route of a controller. A route's own declaration goes before its controller's.
 * The OpenAPI document says the same: an empty requirement is a public route.
 */
export const Allow = (rule: AccessRule): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS_RULE, rule), ApiSecurity(rule === 'system' ? { [DPOP_SCHEME]: [] } : {}));

/** The rule of a route, or undefined where none is declared. */
export function accessRuleOf(reflector: Reflector, handler: Function, controller: Function): AccessRule | undefined {
  return reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [handler, controller]);
}
