import { CompactSign, importJWK, type JWK } from 'jose';
import { readPublicKey, type PublicJwk } from '../agencies/index.js';
import type { AgreementDraft, AgreementSignature } from './agreement.js';
import { canonicalAgreement } from './canonical-agreement.js';

/** `typ` of an agreement's signature (RFC 7515 s.4.1.9): a signature made for something else is never taken for one. */
export const AGREEMENT_SIGNATURE_TYPE = 'agreement+jws';

/** A private signing key as a JSON Web Key. `kid` is the name of its public half among the agency's keys. */
export type PrivateJwk = PublicJwk & { readonly d: string };

/**
 * Signs an agreement for one party: a compact JWS whose payload is the canonical bytes.
 *
 * Does NOT check that the agency is a party, that the key is one of its keys, or that the agreement is sound.
 * @throws Error with a plain sentence when the key cannot sign
 */
export async function signAgreement(
  agreement: AgreementDraft,
  agency: string,
  key: PrivateJwk,
): Promise<AgreementSignature> {
  const { algorithm } = readPublicKey(key);
  const jws = await new CompactSign(canonicalAgreement(agreement).bytes)
    .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: AGREEMENT_SIGNATURE_TYPE })
    .sign(await importJWK(key as unknown as JWK, algorithm));
  return { agency, kid: key.kid, jws };
}
