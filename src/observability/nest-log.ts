import type { LoggerService } from '@nestjs/common';
import type { LogFields } from './log-fields.js';
import type { Log } from './log.js';

/** What these classes report is a start that failed; it is thrown as well, and the command says it in one sentence. */
const THROWN_AS_WELL: ReadonlySet<unknown> = new Set(['ExceptionHandler', 'NestApplication', 'TypeOrmModule']);

/**
 * Takes what NestJS and libraries under it want to print. Their text is never written, since it may quote anything: a
 * warning or an error becomes a line with the class that reports, what was thrown, and of an object's members those on
 * the list of {@link LogFields}. The rest is dropped.
 */
export class NestLog implements LoggerService {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  error(message: unknown, ...rest: unknown[]): void {
    if (THROWN_AS_WELL.has(rest.at(-1))) return;
    this.#log.error('framework-error', describe(message, rest));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.#log.error('framework-error', describe(message, rest));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.#log.warn('framework-warning', describe(message, rest));
  }
  log(): void {
    // start-up talk
  }
  debug(): void {
    // start-up talk
  }
  verbose(): void {
    // start-up talk
  }
}

/** NestJS puts the class that reports last; before it may stand a stack, which is left out. */
function describe(message: unknown, rest: readonly unknown[]): LogFields {
  const context = rest.at(-1);
  return {
    ...(message instanceof Error ? { err: message } : typeof message === 'object' ? message : {}),
    ...(typeof context === 'string' && { context }),
  };
}
