import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import type { OfficerRole } from '../agencies/index.js';
import { DPOP_SCHEME } from '../api-contract/index.js';
import type { Caller, CallingOfficer } from './caller.js';

/**
 * Who may call a route: any registered `system`; any registered `officer` with a role other than `operator`, or one with at
 * least one of the roles named, and with `system` any system too; or the `public`, unauthenticated. Systems and officers need token and proof, and
 * neither passes for the other.
 */
export type AccessRule =
  | 'system'
  | 'officer'
  | { readonly officer: readonly [OfficerRole, ...OfficerRole[]]; readonly system?: true }
  | 'public';

const ACCESS_RULE = 'gatehouse:access-rule';

/**
 * Declares who may call a route, or every route of a controller. A route's own declaration goes before its controller's.
 * The OpenAPI document says the same: an empty requirement is a public route, and the names beside the scheme say who.
 */
export const Allow = (rule: AccessRule): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(ACCESS_RULE, rule),
    ApiSecurity(rule === 'public' ? {} : { [DPOP_SCHEME]: callersNamed(rule) }),
  );

/** The rule of a route, or undefined where none is declared. */
export function accessRuleOf(reflector: Reflector, handler: Function, controller: Function): AccessRule | undefined {
  return reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [handler, controller]);
}

/** Whether a rule lets an established caller in. INVARIANT: 2. Whatever it does not name, it refuses. */
export function lets(rule: AccessRule | undefined, caller: Caller | CallingOfficer): boolean {
  if (rule === undefined || rule === 'public') return false;
  if ('system' in caller) return rule === 'system' || (typeof rule === 'object' && rule.system === true);
  if (rule === 'system') return false;
  if (rule === 'officer') return caller.roles.some((role) => role !== 'operator');
  return rule.officer.some((role) => caller.roles.includes(role));
}

const callersNamed = (rule: Exclude<AccessRule, 'public'>): string[] =>
  typeof rule === 'string'
    ? [rule]
    : [...(rule.system ? ['system'] : []), ...rule.officer.map((role) => `officer:${role}`)];
