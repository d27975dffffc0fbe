import { isIP } from 'node:net';

/** Every field that a log line may have. What is not here cannot be logged. */
export interface LogFields {
  readonly requestId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly exchangeId?: string | undefined;
  readonly method?: string | undefined;
  /** The route's template, e.g. `/v1/permissions/:id`; never the URL. */
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
  /** The caller went away before the answer. */
  readonly aborted?: boolean | undefined;
  /** Ids from the register. */
  readonly system?: string | undefined;
  readonly officer?: string | undefined;
  readonly agency?: string | undefined;
  readonly dataService?: string | undefined;
  readonly agreement?: string | undefined;
  /** Ids fixed in code, e.g. `query`, `released`. */
  readonly pattern?: string | undefined;
  readonly outcome?: string | undefined;
  /** Name of a readiness check. */
  readonly check?: string | undefined;
  /** A problem code or another code fixed in code, e.g. `LOG_UNAVAILABLE`. */
  readonly code?: string | undefined;
  readonly reasonCodes?: readonly string[] | undefined;
  /** What was wrong with a supplier's answer, e.g. `timed-out`. */
  readonly fault?: string | undefined;
  readonly policyVersion?: string | undefined;
  readonly revision?: number | undefined;
  readonly logIndex?: number | undefined;
  readonly count?: number | undefined;
  readonly bytes?: number | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly signal?: string | undefined;
  /** Network address of a caller that was turned away. */
  readonly remoteAddress?: string | undefined;
  /** Class of a framework part that reports, e.g. `InstanceLoader`. */
  readonly context?: string | undefined;
  /** Reduced to its class, its code, the place in the gateway's own code, and those of its causes. */
  readonly err?: unknown;
}

type Shape = (value: unknown) => boolean;

const text =
  (pattern: RegExp): Shape =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const number: Shape = (value) => typeof value === 'number' && Number.isFinite(value);

const UUID = text(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i);
/** Begins with a letter, so that no bare number passes for one. */
const REGISTER_ID = text(/^[a-z][a-z0-9-]{0,63}(\/[a-z][a-z0-9-]{0,63})?$/);
const CODE_WORD = text(/^[a-z][a-z0-9-]{0,40}$/);
const CODE = text(/^[A-Z][A-Z0-9_]{0,60}$/);
const CLASS_NAME = text(/^[A-Za-z][A-Za-z0-9]{0,60}$/);

/** The shape that each field must have, which leaves no room for free text. */
const SHAPES: { readonly [Field in Exclude<keyof LogFields, 'err'>]-?: Shape } = {
  requestId: UUID,
  correlationId: UUID,
  traceId: text(/^[0-9a-f]{32}$/),
  exchangeId: UUID,
  method: text(/^[A-Z]{1,10}$/),
  route: text(/^(unmatched|\/[A-Za-z0-9/:.*_-]{0,120})$/),
  status: number,
  durationMs: number,
  aborted: (value) => typeof value === 'boolean',
  system: REGISTER_ID,
  officer: REGISTER_ID,
  agency: REGISTER_ID,
  dataService: REGISTER_ID,
  agreement: REGISTER_ID,
  pattern: CODE_WORD,
  outcome: CODE_WORD,
  check: CODE_WORD,
  code: CODE,
  reasonCodes: (value) => Array.isArray(value) && value.every(CODE),
  fault: CODE_WORD,
  policyVersion: text(/^[A-Za-z0-9:_-]{20,100}$/),
  revision: number,
  logIndex: number,
  count: number,
  bytes: number,
  host: text(/^[A-Za-z0-9.:_-]{1,255}$/),
  port: number,
  signal: text(/^SIG[A-Z]{2,8}$/),
  remoteAddress: (value) => typeof value === 'string' && isIP(value) !== 0,
  context: CLASS_NAME,
};

/**
 * Keeps the fields that are on the list and have their shape; the rest is dropped and counted in `dropped`.
 *
 * INVARIANT: 1. A log line is built up from this list, so a value of a person cannot get into one by being passed along.
 */
export function allowedFields(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === 'err') kept['err'] = describeError(value);
    else if (Object.hasOwn(SHAPES, name) && SHAPES[name as keyof typeof SHAPES](value)) kept[name] = value;
    else dropped++;
  }
  if (dropped > 0) kept['dropped'] = dropped;
  return kept;
}

/** What the log says of something thrown. */
export interface DescribedError {
  readonly class: string;
  /** E.g. `ECONNREFUSED`, an SQLSTATE, or a problem code. */
  readonly code?: string;
  /** The first place in the gateway's own code that the stack names, e.g. `src/exchange/broker-disclosure.js:41:7`. */
  readonly at?: string;
  readonly cause?: DescribedError;
}

const ERROR_CODE = /^([A-Z][A-Z0-9_]{2,60}|[0-9A-Z]{5})$/;
const OWN_FRAME = /^ {4}at .*?\b((?:src|sandbox|sdk)\/[a-z][a-z0-9/.-]{1,80}\.[jt]s:\d{1,5}:\d{1,4})\)?$/m;
const DEEPEST_CAUSE = 4;

/** INVARIANT: 1. Reduces something thrown to what is fixed in code: never its message, which may quote a value. */
export function describeError(thrown: unknown, depth = 0): DescribedError {
  if (!(thrown instanceof Error)) return { class: typeof thrown };
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  const at = OWN_FRAME.exec(framesOf(thrown))?.[1];
  const name = thrown.constructor.name;
  return {
    class: CLASS_NAME(name) ? name : 'Error',
    ...(typeof code === 'string' && ERROR_CODE.test(code) && { code }),
    ...(at !== undefined && { at }),
    ...(cause !== undefined && depth < DEEPEST_CAUSE && { cause: describeError(cause, depth + 1) }),
  };
}

/** The stack without the message at its head, so that no line of a message is taken for a frame. */
function framesOf({ stack = '', message }: Error): string {
  const start = stack.indexOf(message);
  return start < 0 ? '' : stack.slice(start + message.length);
}
