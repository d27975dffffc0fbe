import { pino, type DestinationStream, type Logger } from 'pino';
import type { Clock, Settings } from '../config/index.js';
import { allowedFields, type LogFields } from './log-fields.js';

/** A name that is written out in code. A `string` made at run time does not fit, because it could hold anything. */
type Literal<Name extends string> = string extends Name ? never : Name;

const EVENT_NAME = /^[a-z]+(-[a-z]+)*$/;

/** Where log lines go, e.g. `process.stdout`. */
export type LogStream = DestinationStream;

/**
 * The gateway's own log, one JSON object per line: `time` (RFC 3339 UTC), `level`, `event`, and fields of
 * {@link LogFields}. An event is a name in kebab-case that is fixed in code, e.g. `exchange-failed`; there is no free text.
 *
 * This is not the disclosure log. It may be lost without anything being disclosed unrecorded.
 */
export class Log {
  readonly #pino: Logger;

  /** @param stream Takes the lines; standard output when absent, written without blocking. */
  constructor(level: Settings['logLevel'], clock: Clock, stream?: LogStream) {
    const options = {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${clock.now().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    this.#pino = pino(options, stream ?? pino.destination({ dest: 1, sync: false }));
  }

  error<const Event extends string>(event: Literal<Event>, fields: LogFields = {}): void {
    this.#write('error', event, fields);
  }
  warn<const Event extends string>(event: Literal<Event>, fields: LogFields = {}): void {
    this.#write('warn', event, fields);
  }
  info<const Event extends string>(event: Literal<Event>, fields: LogFields = {}): void {
    this.#write('info', event, fields);
  }
  debug<const Event extends string>(event: Literal<Event>, fields: LogFields = {}): void {
    this.#write('debug', event, fields);
  }

  /** A line of the security log: the same stream, marked `"log":"security"`. For callers that are turned away. */
  security<const Event extends string>(event: Literal<Event>, fields: LogFields = {}): void {
    this.#write('warn', event, fields, { log: 'security' });
  }

  #write(level: Settings['logLevel'], event: string, fields: LogFields, mark?: { log: 'security' }): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    const name = event.length <= 60 && EVENT_NAME.test(event) ? event : 'unnamed';
    this.#pino[level]({ ...mark, ...allowedFields(fields) }, name);
  }
}
