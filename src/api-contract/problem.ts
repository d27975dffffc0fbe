/**
 * The one catalogue of errors (RFC 9457). `code` is stable; `title` is public and the same each time. Every code has an
 * entry in `docs/errors.md` (the check refuses one without).
 */
export const PROBLEMS = {
  // 400: the request is not understood. Nothing was asked of anyone.
  REQUEST_MALFORMED: { status: 400, title: 'The request body is not JSON that this gateway accepts' },
  REQUEST_INVALID: { status: 400, title: 'A member of the request is missing, unknown or of the wrong type' },
  IDENTIFIER_INVALID: { status: 400, title: 'An identifier does not satisfy the rule of its type' },
  IDENTIFIER_TYPE_NOT_TAKEN: { status: 400, title: 'The data service does not take identifiers of this type' },
  REFUSAL_STANDS: { status: 409, title: 'A refusal cannot be withdrawn: record what the person says now' },
  REVIEW_ANSWERED: { status: 409, title: 'Your agency has answered this review' },
  ALERT_NOT_IN_STATUS: { status: 409, title: 'The alert is not in a status in which this can be done' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, title: 'The Idempotency-Key was used before with another request' },
  AGREEMENT_NOT_NEXT: { status: 409, title: 'The agreement cannot have this id, version and parties' },
  AGREEMENT_NOT_IN_STATE: { status: 409, title: 'The agreement is not in a state in which this can be done' },
  AGREEMENT_UNSOUND: { status: 409, title: 'The agreement has errors that must be corrected first' },
  AGREEMENT_HASH_DIFFERS: { status: 409, title: 'The hash is not that of the agreement as it stands' },
  SECOND_OFFICER_NEEDED: { status: 409, title: 'Another officer of the agency must confirm the signature' },
  SIGNATURE_INVALID: { status: 409, title: 'The signature does not stand for the agency' },
  SIGNING_KEY_NOT_HELD: { status: 409, title: 'This gateway holds no key that the agency signs with' },
  ERASURE_TO_BE_CONFIRMED: { status: 409, title: 'Another officer must confirm the erasure' },
  LEGAL_HOLD: { status: 409, title: 'A legal hold keeps what was to be erased' },
  EXCHANGE_ERASED: { status: 410, title: 'What was on record of the exchange was erased' },
  REQUEST_TOO_LARGE: { status: 413, title: 'The request body is larger than 256 KiB' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The request body must be application/json' },
  // 401: the caller is not established.
  TOKEN_MISSING: { status: 401, title: 'An access token and a DPoP proof are needed' },
  TOKEN_INVALID: { status: 401, title: 'The access token is not valid here' },
  PROOF_INVALID: { status: 401, title: 'The DPoP proof does not belong to this request' },
  PROOF_REPLAYED: { status: 401, title: 'The DPoP proof was used before' },
  // 403 and 404
  DISCLOSURE_REFUSED: { status: 403, title: 'The disclosure is refused' },
  ROLE_NOT_ALLOWED: { status: 403, title: 'This caller may not call this operation' },
  REVIEW_BY_AUTHORISER: { status: 403, title: 'Whoever authorised an override does not review it' },
  ALERT_ABOUT_CALLER: { status: 403, title: 'Whom an alert is about does not deal with it' },
  NOT_FOUND: { status: 404, title: 'There is nothing here that you may see' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This operation does not exist here' },
  // 429, 5xx: not now. `retryAfterSeconds` goes out as Retry-After.
  SYSTEM_OVER_SHARE: { status: 429, title: 'This system has too many requests under way', retryAfterSeconds: 1 },
  BUDGET_USED_UP: { status: 429, title: 'The agreement gives this system no more requests in this hour or day' },
  EXPORTS_UNDER_WAY: { status: 429, title: 'Your agency has too many exports under way', retryAfterSeconds: 5 },
  GATEWAY_BUSY: { status: 503, title: 'The gateway has too many requests under way', retryAfterSeconds: 2 },
  GATEWAY_STOPPING: { status: 503, title: 'The gateway is stopping', retryAfterSeconds: 5 },
  LOG_UNAVAILABLE: {
    status: 503,
    title: 'The disclosure log cannot be written, so nothing is disclosed',
    retryAfterSeconds: 5,
  },
  SEARCH_BEHIND: {
    status: 503,
    title: 'The search has not caught up with the disclosure log yet',
    retryAfterSeconds: 5,
  },
  STORE_UNAVAILABLE: { status: 503, title: 'The gateway cannot reach its database', retryAfterSeconds: 5 },
  SUPPLIER_BUSY: { status: 503, title: 'The supplier has too many requests under way', retryAfterSeconds: 2 },
  SUPPLIER_REFUSED: { status: 502, title: 'The supplier refused the request' },
  SUPPLIER_UNAVAILABLE: { status: 502, title: 'The supplier cannot be reached, or failed' },
  SUPPLIER_ANSWER_UNUSABLE: { status: 502, title: 'The supplier gave an answer that cannot be passed on' },
  SUPPLIER_TIMED_OUT: { status: 504, title: 'The supplier did not answer in time' },
  INTERNAL: { status: 500, title: 'The gateway failed; nothing was disclosed' },
} as const satisfies Record<string, { status: number; title: string; retryAfterSeconds?: number }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Members beyond RFC 9457's own that a problem may carry to the caller. None may hold a value of a person. */
export interface ProblemDetails {
  /** What to do next, in one sentence. */
  readonly detail?: string;
  /** JSON Pointers (RFC 6901) to the members at fault. Names of members, never their values. */
  readonly pointers?: readonly string[];
  readonly exchangeId?: string;
  readonly decision?: {
    readonly outcome: string;
    readonly reasonCodes: readonly string[];
    readonly policyVersion: string;
  };
  readonly withheld?: readonly { readonly dataItem: string; readonly reason: string }[];
  readonly receipt?: string;
  /** For 401: the `WWW-Authenticate` value (RFC 9110, RFC 9449). */
  readonly challenge?: string;
  /** What Retry-After says, seconds, where it is not the same for each problem of the code. Sent as the header alone. */
  readonly retryAfterSeconds?: number;
}

/**
 * The only kind of error that reaches a caller. Whatever else is thrown becomes `INTERNAL`, and its message stays inside.
 * `cause` is for the operator's log and is reduced to its class and code there.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails = {},
    options?: { cause?: unknown },
  ) {
    super(PROBLEMS[code].title, options);
  }
  get status(): number {
    return PROBLEMS[this.code].status;
  }
}
