import type { components } from './generated/gatehouse.js';

type ProblemBody = components['schemas']['Problem'];

/** The closed catalogue of codes; each is explained in `docs/errors.md`, which a gateway serves at `/docs/errors`. */
export type ProblemCode = ProblemBody['code'];

/**
 * The gateway refused or failed a call, and says why (RFC 9457). Nothing was disclosed. Holds no value of a person.
 *
 * Whoever catches it switches on `code`, and for `DISCLOSURE_REFUSED` on `reasonCodes`.
 */
export class GatehouseProblem extends Error {
  override readonly name = 'GatehouseProblem';
  readonly code: ProblemCode;
  readonly status: number;
  /** The same for each problem of this code. */
  readonly title: string;
  /** What to do next. */
  readonly detail: string | undefined;
  /** JSON Pointers (RFC 6901) to the members of the body that are at fault. */
  readonly pointers: readonly string[];
  readonly exchangeId: string | undefined;
  /** Why a disclosure was refused; empty for every other problem. */
  readonly reasonCodes: readonly string[];
  /** The items that were refused, each with its foremost reason. */
  readonly withheld: readonly { readonly dataItem: string; readonly reason: string }[];
  /** Signed statement of a refusal (compact JWS); give it to `verifyReceipt`. */
  readonly receipt: string | undefined;
  /** `X-Request-ID` of the answer: finds the line in the gateway's own log. */
  readonly requestId: string | undefined;

  constructor(problem: ProblemBody, requestId?: string) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
    this.code = problem.code;
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.pointers = problem.pointers ?? [];
    this.exchangeId = problem.exchangeId;
    this.reasonCodes = problem.decision?.reasonCodes ?? [];
    this.withheld = problem.withheld ?? [];
    this.receipt = problem.receipt;
    this.requestId = requestId;
  }
}

/** Why there is no answer of a gateway. `not-a-gateway`: something in between answered, such as a load balancer. */
export type UnreachableReason = 'connection' | 'time-limit' | 'not-a-gateway';

/**
 * No gateway answered. Whether a call that is not safe to repeat was begun is not known: a query may be on record as
 * disclosed although its answer was lost.
 */
export class GatehouseUnreachable extends Error {
  override readonly name = 'GatehouseUnreachable';
  constructor(
    readonly reason: UnreachableReason,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * The authorization server gave no token: the key is not registered for this system, its clock is wrong, or the gateway
 * cannot issue tokens now.
 */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  /**
   * @param error OAuth error code (RFC 6749 section 5.2), e.g. `invalid_client`
   * @param retryAfterMs of a 429 or 503: the wait that was asked for, milliseconds; 0 when none was
   */
  constructor(
    readonly error: string,
    readonly status: number,
    readonly retryAfterMs?: number,
    options?: { cause?: unknown },
  ) {
    super(`The gateway gave no access token: ${error}.`, options);
  }
}

/**
 * The error that an unsuccessful answer stands for.
 * @param body as parsed from JSON, or the text where it is not JSON
 */
export function errorOf(response: Response, body: unknown): GatehouseProblem | GatehouseUnreachable {
  if (isProblem(body)) return new GatehouseProblem(body, response.headers.get('x-request-id') ?? undefined);
  return new GatehouseUnreachable(
    'not-a-gateway',
    `Something other than a gateway answered with status ${response.status}.`,
  );
}

function isProblem(body: unknown): body is ProblemBody {
  if (typeof body !== 'object' || body === null) return false;
  const { code, status, title } = body as Partial<Record<string, unknown>>;
  return typeof code === 'string' && typeof status === 'number' && typeof title === 'string';
}
