import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { OfficerRole } from '../agencies/index.js';
import { Problem } from '../api-contract/index.js';

/** The system that is calling, established by token and proof. */
export interface Caller {
  /** Id of the system, which is its OAuth `client_id`. */
  readonly system: string;
  /** Id of the agency that the system acts for. */
  readonly agency: string;
}

/** The officer who is calling, established in the same way. */
export interface CallingOfficer {
  /** Id of the officer, which is their OAuth `client_id`. */
  readonly officer: string;
  /** Id of the agency that the officer acts for. */
  readonly agency: string;
  readonly roles: readonly OfficerRole[];
}

/** The {@link Caller}, as a parameter of a route that is declared `@Allow('system')`. */
export const CurrentCaller = createParamDecorator((_: undefined, context: ExecutionContext): Caller => {
  const user = callerOf(context);
  if (!user || !('system' in user)) throw new Problem('INTERNAL', {}, { cause: new Error('no system is calling') });
  return user;
});

/** The {@link CallingOfficer}, as a parameter of a route that is declared for officers. */
export const CurrentOfficer = createParamDecorator((_: undefined, context: ExecutionContext): CallingOfficer => {
  const user = callerOf(context);
  if (!user || !('officer' in user)) throw new Problem('INTERNAL', {}, { cause: new Error('no officer is calling') });
  return user;
});

/** A {@link Caller} or a {@link CallingOfficer}, as a parameter of a route that is declared for both. */
export const CurrentSystemOrOfficer = createParamDecorator(
  (_: undefined, context: ExecutionContext): Caller | CallingOfficer => {
    const user = callerOf(context);
    if (!user) throw new Problem('INTERNAL', {}, { cause: new Error('nobody is calling') });
    return user;
  },
);

/** Whom the guard established; nobody on a public route. */
export function callerOf(context: ExecutionContext): Caller | CallingOfficer | undefined {
  return context.switchToHttp().getRequest<{ user?: Caller | CallingOfficer }>().user;
}
