import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { Problem } from '../api-contract/index.js';
import { accessRuleOf, lets } from './allow.js';
import { CallerAuthenticator } from './authenticate-caller.js';
import { callerOf } from './caller.js';
import type { DpopOptions } from './dpop.strategy.js';

/** Applies each route's `@Allow`. One guard for the whole application. */
@Injectable()
export class AccessGuard extends AuthGuard('dpop') {
  constructor(
    private readonly reflector: Reflector,
    private readonly callers: CallerAuthenticator,
  ) {
    super();
  }

  /** INVARIANT: 2. Only a declared rule lets a request through; a route without one is refused even if it came to be served. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = accessRuleOf(this.reflector, context.getHandler(), context.getClass());
    if (rule === 'public') return true;
    if (rule === undefined) throw new Problem('ROLE_NOT_ALLOWED');
    if ((await super.canActivate(context)) !== true) return false;
    const caller = callerOf(context);
    if (!caller || !lets(rule, caller)) throw new Problem('ROLE_NOT_ALLOWED');
    return true;
  }

  override getAuthenticateOptions(): DpopOptions & { session: false } {
    return { callers: this.callers, session: false };
  }
}
