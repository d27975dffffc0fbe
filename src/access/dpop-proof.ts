import type { CryptoKey, JWTHeaderParameters, JWTPayload } from 'jose';
// A thread loads this: only what it needs of the package.
import { jwtVerify } from 'jose/jwt/verify';
import { CALLER_ALGORITHMS } from './algorithms.js';
import { readSentKey, type PublicKeys } from './public-key.js';
import { normaliseUrl } from './request-url.js';

/** How far `iat` may be from now, seconds, either way. */
export const PROOF_WINDOW_SECONDS = 60;
/** Longest `jti`, characters. */
const LONGEST_JTI = 256;

/** What a proof must prove. */
export interface ProvedRequest {
  readonly method: string;
  /** From {@link publicRequestUrl}. */
  readonly url: string | undefined;
  /** Base64url SHA-256 of the access token that came with the proof. */
  readonly accessTokenHash: string;
  /** `cnf.jkt` of that token. */
  readonly jkt: string;
  readonly now: Date;
}

/** What tells one proof from another. */
export interface ProofIdentity {
  readonly jti: string;
  /** Seconds since 1970. */
  readonly iat: number;
}

/** A proof that proves nothing, or is not of the key that the access token is bound to. */
export class ProofRefused extends Error {
  override readonly name = 'ProofRefused';
  /** @param code `TOKEN_INVALID` when the token is bound to another key (RFC 9449 figure 15) */
  constructor(readonly code: 'TOKEN_INVALID' | 'PROOF_INVALID') {
    super(code);
  }
}

/**
 * Verifies a DPoP proof (RFC 9449 section 4.3): type, algorithm, embedded public key, signature, `htm`, `htu`, `ath`, `iat`,
 * and that the key is the one the access token is bound to. The binding is checked before the signature, so that nobody
 * without a genuine token makes the gateway verify or remember anything.
 *
 * Does NOT check that there was one `DPoP` header only, or that the proof was not used before (see `UsedProofs`).
 *
 * @throws ProofRefused
 */
export async function verifyDpopProof(
  proof: string,
  expected: ProvedRequest,
  keys: PublicKeys,
): Promise<ProofIdentity> {
  const boundKey = async (header: JWTHeaderParameters): Promise<CryptoKey> => {
    const sent = readSentKey(header.jwk);
    if (sent.thumbprint !== expected.jkt) throw new ProofRefused('TOKEN_INVALID');
    return await keys.import(sent);
  };
  try {
    const { payload } = await jwtVerify(proof, boundKey, {
      algorithms: [...CALLER_ALGORITHMS],
      typ: 'dpop+jwt',
      currentDate: expected.now,
    });
    return checkClaims(payload, expected);
  } catch (error) {
    throw error instanceof ProofRefused ? error : new ProofRefused('PROOF_INVALID');
  }
}

function checkClaims(claims: JWTPayload, expected: ProvedRequest): ProofIdentity {
  const { jti, iat } = claims;
  const fits =
    claims['htm'] === expected.method &&
    typeof claims['htu'] === 'string' &&
    expected.url !== undefined &&
    (claims['htu'] === expected.url || normaliseUrl(claims['htu']) === expected.url) &&
    claims['ath'] === expected.accessTokenHash;
  if (!fits) throw new ProofRefused('PROOF_INVALID');
  if (typeof jti !== 'string' || jti.length === 0 || jti.length > LONGEST_JTI) throw new ProofRefused('PROOF_INVALID');
  if (typeof iat !== 'number' || Math.abs(expected.now.getTime() / 1000 - iat) > PROOF_WINDOW_SECONDS) {
    throw new ProofRefused('PROOF_INVALID');
  }
  return { jti, iat };
}
