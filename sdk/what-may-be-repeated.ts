import { retryAfterMs } from './repeat.js';

/** The operations that make something new; each takes an `Idempotency-Key`, which the client makes when the caller does not. */
export const CREATING: ReadonlySet<string> = new Set([
  'POST /v1/address-suppressions',
  'POST /v1/best-interests-decisions',
  'POST /v1/decisions-not-to-share',
  'POST /v1/erasures',
  'POST /v1/hold-backs',
  'POST /v1/legal-holds',
  'POST /v1/objections',
  'POST /v1/permissions',
]);

/** Operations that change nothing when they are made again. */
const IDEMPOTENT = [
  /^GET /,
  /^POST \/v1\/permissions\/[^/]+\/withdraw$/,
  /^POST \/v1\/withdrawal-notices\/[^/]+\/acknowledge$/,
  /^POST \/v1\/[^/]+\/[^/]+\/lift$/,
  /^POST \/v1\/erasures\/[^/]+\/confirm$/,
];

/** Header with which a gateway marks an error as its own; its value is the code. */
const ERROR_HEADER = 'gatehouse-error';

/**
 * Whether making a call again has the same effect as making it once, whatever became of the first.
 * @param operation method and path, e.g. `GET /v1/log/keys`
 */
export function isIdempotent(operation: string, headers: Headers): boolean {
  if (CREATING.has(operation)) return headers.has('idempotency-key');
  return IDEMPOTENT.some((pattern) => pattern.test(operation));
}

/**
 * The wait after which an answer may be asked for again, milliseconds; `undefined` when it must not be.
 *
 * Only 429 and 503 are. When the gateway itself gives them it has released nothing: it turned the call away before it began
 * anything, or it could not write its log, without which nothing is disclosed. So a query may be repeated too; each repeat
 * that gets as far is an exchange of its own in the log. A 503 of something in between may hide an answer that was lost, and
 * is repeated only for what is idempotent.
 */
export function waitAfterAnswer(response: Response, idempotent: boolean): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  if (!idempotent && !response.headers.has(ERROR_HEADER)) return undefined;
  return retryAfterMs(response.headers, new Date()) ?? 0;
}

/** The gateway no longer takes the token, e.g. because its key was replaced: a new one may do. Nothing was begun. */
export function needsNewToken(response: Response): boolean {
  return response.status === 401 && response.headers.get(ERROR_HEADER) === 'TOKEN_INVALID';
}
