import { HttpException } from '@nestjs/common';
import { Problem, PROBLEMS, type ProblemCode } from './problem.js';

/** What Fastify throws before a controller is reached, by its own code. */
const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_BAD_URL: 'NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
};

/** What NestJS's own exceptions and other libraries' HTTP errors mean here, by status. */
const STATUSES: Readonly<Record<number, ProblemCode>> = {
  400: 'REQUEST_MALFORMED',
  401: 'TOKEN_INVALID',
  403: 'ROLE_NOT_ALLOWED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'REQUEST_TOO_LARGE',
  414: 'NOT_FOUND',
  415: 'MEDIA_TYPE_UNSUPPORTED',
};

/**
 * The problem that stands for whatever was thrown. What is not of the catalogue becomes the nearest code of it, and what
 * is of no known kind becomes `INTERNAL`; its own message is not carried over.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const cause = thrown instanceof HttpException && thrown.cause instanceof Error ? thrown.cause : thrown;
  const fromFastify = FASTIFY_CODES[String((cause as { code?: unknown } | null)?.code)];
  if (fromFastify) return new Problem(fromFastify, {}, { cause });
  if (thrown instanceof HttpException && thrown.getStatus() < 500) {
    return new Problem(STATUSES[thrown.getStatus()] ?? 'REQUEST_MALFORMED', {}, { cause });
  }
  return new Problem('INTERNAL', {}, { cause });
}

/** The path of the entry that explains a code, on any gateway. */
export function entryOf(code: ProblemCode): string {
  return `/docs/errors#${code}`;
}

/** The members of an `application/problem+json` body (RFC 9457, section 3), from the catalogue and the problem's details. */
export function problemBody({ code, details }: Problem): Record<string, unknown> {
  const { challenge: _challenge, retryAfterSeconds: _retryAfterSeconds, ...shown } = details;
  const { status, title } = PROBLEMS[code];
  return { type: entryOf(code), title, status, code, ...shown };
}

/** Names the code of an error that the gateway itself answered; an error without it comes from something in between. */
export const ERROR_HEADER = 'Gatehouse-Error';

/** RFC 9449, section 7.1: what a 401 asks for when the access rules gave no more exact challenge. */
const CHALLENGE = 'DPoP algs="ES256 EdDSA PS256"';

/** The headers that go with a problem. */
export function problemHeaders({ code, details }: Problem): Record<string, string> {
  const entry: { status: number; retryAfterSeconds?: number } = PROBLEMS[code];
  const retryAfterSeconds = details.retryAfterSeconds ?? entry.retryAfterSeconds;
  return {
    'Content-Type': 'application/problem+json',
    [ERROR_HEADER]: code,
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    ...(entry.status === 401 && { 'WWW-Authenticate': details.challenge ?? CHALLENGE }),
  };
}
