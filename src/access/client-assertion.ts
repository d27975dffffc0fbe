import { errors } from 'oidc-provider';

/** How far the clocks of client and gateway may differ, seconds (FAPI 2.0 Security Profile section 5.3.2.1 asks for 10). */
export const CLOCK_TOLERANCE_SECONDS = 10;
/** Longest time from now to an assertion's `exp`, seconds. Bounds how long its `jti` is kept. */
const LONGEST_LIFETIME_SECONDS = 300;
/** Longest `jti`, characters. */
const LONGEST_JTI = 256;

/**
 * What is asked of a client assertion (RFC 7523 section 3) beyond what oidc-provider checks: its audience is this issuer and
 * nothing else (FAPI 2.0 Security Profile section 5.3.2.1), it is short-lived, and it was not made in the future.
 *
 * Does NOT check the signature, the issuer, `exp` in the past, or the use of a `jti` for the second time.
 *
 * @param now seconds since 1970
 * @throws errors.InvalidClientAuth answered as 401 `invalid_client`
 */
export function checkClientAssertion(claims: Readonly<Record<string, unknown>>, issuer: string, now: number): void {
  const { aud, exp, iat, jti } = claims;
  const audience: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (audience !== issuer) throw new errors.InvalidClientAuth('the audience must be the issuer identifier alone');
  if (typeof exp !== 'number' || exp > now + LONGEST_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) {
    throw new errors.InvalidClientAuth('the assertion must expire within 5 minutes');
  }
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + CLOCK_TOLERANCE_SECONDS)) {
    throw new errors.InvalidClientAuth('the assertion was issued in the future');
  }
  if (typeof jti !== 'string' || jti.length > LONGEST_JTI) throw new errors.InvalidClientAuth('jti is too long');
}
