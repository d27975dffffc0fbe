import { Problem } from '../api-contract/index.js';
import { CALLER_ALGORITHMS } from './algorithms.js';

/** The error codes of RFC 9449 section 7.1 and RFC 6750 section 3.1; a request without credentials is given none. */
const ERRORS = {
  TOKEN_MISSING: undefined,
  TOKEN_INVALID: 'invalid_token',
  PROOF_INVALID: 'invalid_dpop_proof',
  PROOF_REPLAYED: 'invalid_dpop_proof',
} as const;

/** Why a caller is not established. */
export type Unauthenticated = keyof typeof ERRORS;

/** The 401 problem with its `WWW-Authenticate` challenge. Says which of token and proof is at fault, and no more. */
export function unauthenticated(code: Unauthenticated): Problem {
  const error = ERRORS[code];
  const algs = `algs="${CALLER_ALGORITHMS.join(' ')}"`;
  return new Problem(code, { challenge: error ? `DPoP error="${error}", ${algs}` : `DPoP ${algs}` });
}
