import { compactVerify } from 'jose';
import { readPublicKey, type PublicJwk } from '../agencies/index.js';
import type { AgreementDraft, AgreementSignature } from './agreement.js';
import { canonicalAgreement } from './canonical-agreement.js';
import { AGREEMENT_SIGNATURE_TYPE } from './sign-agreement.js';

/** The keys that an agency signs with; empty for an agency that is not known. */
export type KeysOfAgency = (agency: string) => readonly PublicJwk[];

/**
 * Verifies an agreement's signatures and says everything that is wrong with them; an empty list means that every party has
 * signed exactly these canonical bytes.
 *
 * INVARIANT: 2. Whatever is not proven is a fault: a signature by somebody who is not a party, by a key of another agency,
 * by an algorithm that does not belong to the key, over other bytes, or none.
 */
export async function verifySignatures(
  agreement: AgreementDraft,
  signatures: readonly AgreementSignature[],
  keysOf: KeysOfAgency,
): Promise<string[]> {
  const { bytes } = canonicalAgreement(agreement);
  const faults: string[] = [];
  const signed = new Set<string>();
  for (const signature of signatures) {
    const fault = agreement.parties.includes(signature.agency)
      ? await signatureFault(bytes, signature, keysOf(signature.agency))
      : 'is by an agency that is not a party';
    if (fault) faults.push(`the signature of ${signature.agency} ${fault}`);
    else signed.add(signature.agency);
  }
  for (const party of agreement.parties) {
    const tried = signatures.some((signature) => signature.agency === party);
    if (!signed.has(party) && !tried) faults.push(`${party} has not signed`);
  }
  return faults;
}

/** Says why one signature does not stand, or `undefined` when it does. */
export async function signatureFault(
  bytes: Buffer,
  signature: AgreementSignature,
  keys: readonly PublicJwk[],
): Promise<string | undefined> {
  const jwk = keys.find((key) => key.kid === signature.kid);
  if (!jwk) return 'is by a key that is not among its keys';
  try {
    const { key, algorithm } = readPublicKey(jwk);
    const { payload, protectedHeader } = await compactVerify(signature.jws, key, { algorithms: [algorithm] });
    if (Object.keys(protectedHeader).toSorted().join() !== 'alg,kid,typ') return 'has a header of another form';
    if (protectedHeader.kid !== signature.kid) return 'names another key inside than outside';
    if (protectedHeader.typ !== AGREEMENT_SIGNATURE_TYPE) return 'was made for something else';
    return bytes.equals(payload) ? undefined : 'is over another text';
  } catch {
    return 'does not verify';
  }
}

/** The bytes that a signature claims to be over, unverified; empty when it is not a JWS. For saying what is out of date. */
export function claimedBytes(signature: AgreementSignature): Buffer {
  return Buffer.from(signature.jws.split('.')[1] ?? '', 'base64url');
}
