import { hash } from 'node:crypto';
import { Problem } from '../api-contract/index.js';
import type { Clock } from '../config/index.js';
import type { AccessTokens } from './access-token.js';
import type { Caller, CallingOfficer } from './caller.js';
import { unauthenticated, type Unauthenticated } from './challenge.js';
import type { ProofVerifier } from './proof-verifier.js';
import { publicRequestUrl } from './request-url.js';
import type { SecurityLog } from './security-log.js';
import { findClient, type ClientDirectory } from './client-directory.js';
import type { UsedProofs } from './used-proofs.js';

/** The parts of a request that say who sent it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Request target as received: path and query. */
  readonly target: string;
  /** Names and values in turn, as received, repeated headers not yet merged. */
  readonly rawHeaders: readonly string[];
  readonly remoteAddress?: string;
}

/** What the checks rest on. */
export interface CallerChecks {
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly tokens: AccessTokens;
  readonly proofs: ProofVerifier;
  readonly usedProofs: UsedProofs;
  readonly clients: ClientDirectory;
  readonly securityLog: SecurityLog;
}

/** Step 1 of a disclosure: establishes who is calling. */
export class CallerAuthenticator {
  constructor(private readonly checks: CallerChecks) {}

  /**
   * Establishes the caller from an access token (RFC 9068) and the DPoP proof of the key it is bound to (RFC 9449
   * section 7.1), each proof once on all replicas together, for a system or officer that is registered now.
   *
   * Does NOT look at the body, or at what the caller may do (see `AccessGuard`).
   *
   * INVARIANT: 2. Whatever cannot be established, a database that does not answer included, is a refusal.
   *
   * @throws Problem TOKEN_MISSING, TOKEN_INVALID, PROOF_INVALID, PROOF_REPLAYED (401, counted and written to the security
   *   log); STORE_UNAVAILABLE (503)
   */
  async authenticateCaller(request: ReceivedRequest): Promise<Caller | CallingOfficer> {
    let client: string | undefined;
    try {
      const credential = readAccessToken(request);
      const accessTokenHash = hash('sha256', credential, 'base64url');
      const token = await this.checks.tokens.verify(credential, accessTokenHash);
      client = token.clientId;
      const expected = {
        method: request.method,
        url: publicRequestUrl(this.checks.publicUrl, request.target),
        accessTokenHash,
        jkt: token.jkt,
        now: this.checks.clock.now(),
      };
      const proof = await this.checks.proofs.verify(readProof(request), expected);
      const registered = await findClient(this.checks.clients, client);
      if (!registered) throw unauthenticated('TOKEN_INVALID');
      if (!(await this.checks.usedProofs.claim(token.jkt, proof))) throw unauthenticated('PROOF_REPLAYED');
      const { id, agency } = registered;
      return 'roles' in registered ? { officer: id, agency, roles: registered.roles } : { system: id, agency };
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        this.checks.securityLog.refused(error.code as Unauthenticated, {
          ...(client !== undefined && { system: client }),
          ...(request.remoteAddress !== undefined && { remoteAddress: request.remoteAddress }),
        });
      }
      throw error;
    }
  }
}

/** A scheme other than DPoP counts as no credentials (RFC 6750 section 3.1). */
function readAccessToken(request: ReceivedRequest): string {
  const [value, second] = headerValues(request, 'authorization');
  const token = value === undefined ? undefined : /^DPoP +([A-Za-z0-9._~+/-]+=*)$/i.exec(value)?.[1];
  if (value === undefined || !/^DPoP\b/i.test(value)) throw unauthenticated('TOKEN_MISSING');
  if (token === undefined || second !== undefined) throw unauthenticated('TOKEN_INVALID');
  return token;
}

/** RFC 9449 section 4.3, check 1: exactly one. */
function readProof(request: ReceivedRequest): string {
  const [proof, second] = headerValues(request, 'dpop');
  if (proof === undefined || second !== undefined) throw unauthenticated('PROOF_INVALID');
  return proof;
}

function headerValues(request: ReceivedRequest, name: string): string[] {
  return request.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === name);
}
