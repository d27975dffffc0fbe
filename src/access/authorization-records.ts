import { createHash } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { PublicJwk } from '../agencies/index.js';
import type { AccessStore } from './access-store.js';
import { findClient, type ClientDirectory, type RegisteredClient } from './client-directory.js';

/**
 * oidc-provider gives a DPoP proof at the token endpoint 300 s either way of `iat` but asks for its `jti` to be kept for 300 s
 * from its use, so that one dated ahead could be used again at its end. Kept this much longer, it cannot. Seconds.
 */
const KEPT_LONGER_SECONDS = 300;

/** The authorization server's memory, shared by all replicas. */
export class AuthorizationRecords {
  constructor(private readonly store: AccessStore) {}

  /**
   * Uses up the `jti` of a client assertion or of a DPoP proof at the token endpoint.
   *
   * Guarantee: of all calls for one client and `jti`, on all replicas together, at most one is answered `true`.
   *
   * @param expiresAt when the assertion or proof ceases to be acceptable, seconds since 1970
   * @throws Problem STORE_UNAVAILABLE
   */
  async useOnce(clientId: string, jti: string, expiresAt: number): Promise<boolean> {
    const id = createHash('sha256').update(`${clientId.length}:${clientId}${jti}`).digest('base64url');
    const rows = await this.store.run(
      `INSERT INTO authorization_records (kind, id, payload, expires_at) VALUES ('ReplayDetection', $1, '{}', $2)
       ON CONFLICT DO NOTHING RETURNING id`,
      [id, new Date((expiresAt + KEPT_LONGER_SECONDS) * 1000)],
    );
    return rows.length === 1;
  }
}

/**
 * What oidc-provider may look up: clients, which are the registered systems and officers, as of now. With client credentials alone it
 * keeps nothing else, and asking for more is refused.
 */
export function makeAdapter(kind: string, clients: ClientDirectory): Adapter {
  const refuse = (): never => {
    throw new Error(`the authorization server keeps no ${kind}`);
  };
  return {
    async find(id) {
      if (kind !== 'Client') return refuse();
      const client = await findClient(clients, id);
      return client && describeClient(client);
    },
    upsert: refuse,
    findByUserCode: refuse,
    findByUid: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}

function describeClient(client: RegisteredClient): AdapterPayload {
  return {
    client_id: client.id,
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    dpop_bound_access_tokens: true,
    jwks: { keys: client.keys.map(describeKey) },
  };
}

/** Without `alg`: the name of an algorithm may differ (`EdDSA`, `Ed25519`) where the key is the same. */
function describeKey({ kty, kid, crv, x, y, n, e }: PublicJwk): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ kty, kid, crv, x, y, n, e, use: 'sig' }).filter(([, value]) => value !== undefined),
  );
}
