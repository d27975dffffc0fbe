import { compactVerify, decodeProtectedHeader } from 'jose';
import { readPublicKey, type AgencyKey } from '../agencies/index.js';
import type { AgreementDraft, AgreementSignature } from './agreement.js';
import { canonicalAgreement } from './canonical-agreement.js';
import { AGREEMENT_SIGNATURE_TYPE } from './sign-agreement.js';

/** The keys that an agency signs with; empty for an agency that is not known. */
export type KeysOfAgency = (agency: string) => readonly AgencyKey[];

/** When the gateway first stored a signature: when the version was applied; for one that is not applied yet, now. */
export type StoredAt = (signature: AgreementSignature) => Date;

/**
 * Verifies an agreement's signatures and says everything that is wrong with them; an empty list means that every party has
 * signed exactly these canonical bytes, with a key that was not revoked by then.
 *
 * INVARIANT: 2. Whatever is not proven is a fault: a signature by somebody who is not a party, by a key of another agency,
 * by an algorithm that does not belong to the key, over other bytes, or none.
 */
export async function verifySignatures(
  agreement: AgreementDraft,
  signatures: readonly AgreementSignature[],
  keysOf: KeysOfAgency,
  storedAt: StoredAt,
): Promise<string[]> {
  const { bytes } = canonicalAgreement(agreement);
  const found = await Promise.all(
    signatures.map(async (signature) => {
      const { agency } = signature;
      const fault = agreement.parties.includes(agency)
        ? await signatureFault(bytes, signature, keysOf(agency), storedAt)
        : 'is by an agency that is not a party';
      return { agency, fault };
    }),
  );
  const faults = found.flatMap(({ agency, fault }) => (fault ? [`the signature of ${agency} ${fault}`] : []));
  for (const party of agreement.parties) {
    if (!found.some(({ agency }) => agency === party)) faults.push(`${party} has not signed`);
  }
  return faults;
}

/** Says why one signature does not stand, or `undefined` when it does. */
export async function signatureFault(
  bytes: Buffer,
  signature: AgreementSignature,
  keys: readonly AgencyKey[],
  storedAt: StoredAt,
): Promise<string | undefined> {
  const jwk = keys.find((key) => key.kid === signature.kid);
  if (!jwk) return 'is by a key that is not among its keys';
  try {
    const { key, algorithm } = readPublicKey(jwk);
    const { payload, protectedHeader } = await compactVerify(signature.jws, key, { algorithms: [algorithm] });
    const { iat, ...header } = protectedHeader;
    if (Object.keys(header).toSorted().join() !== 'alg,kid,typ' || !isInstant(iat))
      return 'has a header of another form';
    if (header.kid !== signature.kid) return 'names another key inside than outside';
    if (header.typ !== AGREEMENT_SIGNATURE_TYPE) return 'was made for something else';
    if (!bytes.equals(payload)) return 'is over another text';
    return isRevoked(signature, jwk, storedAt) ? `is by a key that was revoked at ${jwk.revokedAt}` : undefined;
  } catch {
    return 'does not verify';
  }
}

/** A signature by a key that is revoked, whether it stands or not. */
export interface RevokedKeyUse {
  readonly agency: string;
  readonly kid: string;
  readonly revokedAt: string;
  /** The key was revoked after the signature was stored, as far as {@link StoredAt} knows. */
  readonly stands: boolean;
}

/** Which of the signatures are by revoked keys. Does NOT verify them otherwise. */
export function findRevokedKeys(
  signatures: readonly AgreementSignature[],
  keysOf: KeysOfAgency,
  storedAt: StoredAt,
): RevokedKeyUse[] {
  return signatures.flatMap((signature) => {
    const { agency, kid } = signature;
    const jwk = keysOf(agency).find((key) => key.kid === kid);
    if (jwk?.revokedAt === undefined) return [];
    return [{ agency, kid, revokedAt: jwk.revokedAt, stands: !isRevoked(signature, jwk, storedAt) }];
  });
}

/**
 * Whether a key had been revoked when it signed. The signer's own word counts against it only: whoever holds a stolen key can
 * write any time into what it signs.
 */
function isRevoked(signature: AgreementSignature, { revokedAt }: AgencyKey, storedAt: StoredAt): boolean {
  if (revokedAt === undefined) return false;
  const signedAt = Math.max(storedAt(signature).getTime(), claimedAt(signature));
  // A time that cannot be read is no time before which anything was signed.
  return !(signedAt < Date.parse(revokedAt));
}

/** What the signature says of its time, if it does: milliseconds; it was not made before. */
function claimedAt({ jws }: AgreementSignature): number {
  try {
    const { iat } = decodeProtectedHeader(jws);
    return typeof iat === 'number' ? iat * 1_000 : 0;
  } catch {
    return Number.NaN;
  }
}

/** Seconds since 1970, where there is a time at all. */
const isInstant = (iat: unknown): boolean => iat === undefined || (Number.isSafeInteger(iat) && Number(iat) >= 0);

/** The bytes that a signature claims to be over, unverified; empty when it is not a JWS. For saying what is out of date. */
export function claimedBytes(signature: AgreementSignature): Buffer {
  return Buffer.from(signature.jws.split('.')[1] ?? '', 'base64url');
}
