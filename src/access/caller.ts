import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../api-contract/index.js';

/** Who is calling, established by token and proof. */
export interface Caller {
  /** Id of the system, which is its OAuth `client_id`. */
  readonly system: string;
  /** Id of the agency that the system acts for. */
  readonly agency: string;
}

/** The {@link Caller}, as a parameter of a route that is declared `@Allow('system')`. */
export const CurrentCaller = createParamDecorator((_: undefined, context: ExecutionContext): Caller => {
  const { user } = context.switchToHttp().getRequest<{ user?: Caller }>();
  if (!user) throw new Problem('INTERNAL', {}, { cause: new Error('a public route asked for its caller') });
  return user;
});
