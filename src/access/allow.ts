import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

/** Who may call a route: any registered `system` with token and proof, or the `public`, unauthenticated. */
export type AccessRule = 'system' | 'public';

const ACCESS_RULE = 'gatehouse:access-rule';

/** Declares who may call a route, or every route of a controller. A route's own declaration goes before its controller's. */
export const Allow = (rule: AccessRule): CustomDecorator => SetMetadata(ACCESS_RULE, rule);

/** The rule of a route, or undefined where none is declared. */
export function accessRuleOf(reflector: Reflector, handler: Function, controller: Function): AccessRule | undefined {
  return reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [handler, controller]);
}
