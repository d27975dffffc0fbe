import { Counter } from 'prom-client';
import type { Log, Metrics } from '../observability/index.js';
import type { Unauthenticated } from './challenge.js';

/** What was refused: a request to a route, one for a token, a sign-in to the console, or a form that it did not make. */
export type SecurityRefusal = Unauthenticated | 'TOKEN_REQUEST_REFUSED' | 'SIGN_IN_REFUSED' | 'FORM_NOT_GENUINE';

/** Everything that a line may say besides the code. */
export interface RefusalFacts {
  /** The client, be it a system or an officer. Only where the token was genuine, so that an outsider cannot name one. */
  readonly system?: string;
  readonly remoteAddress?: string;
}

/**
 * Where refused callers are counted and written, apart from the disclosure log, which an outsider must not be able to
 * fill.
 */
export interface SecurityLog {
  refused(code: SecurityRefusal, facts: RefusalFacts): void;
}

/** Injection token of the {@link SecurityLog}. */
export const SECURITY_LOG = Symbol('SecurityLog');

/** One line of the security log and one count, `gatehouse_callers_refused_total`, for each. */
export class WrittenSecurityLog implements SecurityLog {
  private readonly counter: Counter<'code'>;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.counter = new Counter({
      name: 'gatehouse_callers_refused_total',
      help: 'Requests refused because the caller was not established, by code',
      labelNames: ['code'],
      registers: [metrics.registry],
    });
  }

  refused(code: SecurityRefusal, facts: RefusalFacts): void {
    this.counter.inc({ code });
    this.log.security('caller-refused', { code, ...facts });
  }
}
