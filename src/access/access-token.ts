import type { KeyObject } from 'node:crypto';
import { jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../config/index.js';
import { TOKEN_ALGORITHM } from './algorithms.js';
import { unauthenticated } from './challenge.js';
import { RecentlyUsed } from './recently-used.js';

/** A genuine access token: who it was issued to, and the key it is bound to. */
export interface AccessToken {
  readonly clientId: string;
  /** `cnf.jkt` (RFC 9449 section 6.1). */
  readonly jkt: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Verifies access tokens that this gateway issued (RFC 9068 section 4) and remembers them until they expire. */
export class AccessTokens {
  private readonly verified: RecentlyUsed<string, AccessToken>;

  /** @param issuer also the audience: the gateway's public URL */
  constructor(
    private readonly issuer: string,
    private readonly key: KeyObject,
    private readonly clock: Clock,
    limit = 10_000,
  ) {
    this.verified = new RecentlyUsed(limit);
  }

  /**
   * Checks signature, algorithm, type, issuer, audience, expiry and that the token is bound to a key. No network, no database.
   *
   * Does NOT check that the sender holds that key (see `verifyDpopProof`) or that the system is still registered.
   *
   * @param hash SHA-256 of the token; what is remembered is found by it, never by the token itself
   * @throws Problem TOKEN_INVALID
   */
  async verify(token: string, hash: string): Promise<AccessToken> {
    const now = this.clock.now();
    const known = this.verified.get(hash);
    if (known) {
      if (known.expiresAt > now.getTime() / 1000) return known;
      this.verified.delete(hash);
    }
    const verified = readClaims(await this.verifySignature(token, now));
    this.verified.set(hash, verified);
    return verified;
  }

  private async verifySignature(token: string, now: Date): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [TOKEN_ALGORITHM],
        typ: 'at+jwt',
        issuer: this.issuer,
        audience: this.issuer,
        currentDate: now,
        requiredClaims: ['exp', 'iat', 'jti', 'sub'],
      });
      return payload;
    } catch {
      throw unauthenticated('TOKEN_INVALID');
    }
  }
}

function readClaims(claims: JWTPayload): AccessToken {
  const { exp, client_id: clientId, cnf } = claims;
  const jkt = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
  if (exp === undefined || typeof clientId !== 'string' || typeof jkt !== 'string')
    throw unauthenticated('TOKEN_INVALID');
  return { clientId, jkt, expiresAt: exp };
}
