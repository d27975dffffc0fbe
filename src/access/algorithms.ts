/**
 * The signature algorithms of client assertions and DPoP proofs, on both sides. `Ed25519` (RFC 9864) is the newer name of
 * what RFC 8037 calls `EdDSA` on that curve, and clients in use send one or the other.
 */
export const CALLER_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256'] as const;

/** The algorithm of access tokens: the gateway signs them itself, so there is one. */
export const TOKEN_ALGORITHM = 'ES256';

/** Lifetime of an access token, seconds. */
export const TOKEN_LIFETIME_SECONDS = 300;
