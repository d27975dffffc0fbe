import { signJws, type SigningKey } from '../keys/index.js';
import type { DecisionNotToShareClaims, ExchangeClaims } from './entries/entry.js';
import { verifyInclusion } from './tree/merkle-tree.js';
import type { Recorded } from './recorded.js';

/** `typ` of a receipt. */
export const RECEIPT_TYPE = 'gatehouse-receipt+jws';

/** What receipts are given for. */
export type ReceiptClaims = ExchangeClaims | DecisionNotToShareClaims;

/** What a receipt says, and what proves that the log says the same. Hashes are base64. */
export interface ReceiptPayload {
  /** Public URL of the gateway. */
  readonly iss: string;
  readonly claims: ReceiptClaims;
  readonly log: {
    readonly index: number;
    readonly claimsSalt: string;
    readonly detailDigest: string;
    readonly inclusionProof: readonly string[];
    /** C2SP signed note. */
    readonly checkpoint: string;
  };
}

/** The record does not prove itself; nothing may be released on it. */
export class ProofDoesNotHold extends Error {
  override readonly name = 'ProofDoesNotHold';
}

/**
 * Makes the receipt of a record: a compact JWS that anyone can verify offline with the gateway's public keys, also after the record's body was erased from the log.
 *
 * INVARIANT: 3. The inclusion proof is checked here, before anything is released.
 * @throws ProofDoesNotHold
 */
export function makeReceipt(
  recorded: Recorded,
  claims: ReceiptClaims,
  issuer: { publicUrl: string; key: SigningKey },
): string {
  const proof = recorded.inclusionProof();
  if (!verifyInclusion(recorded.index, recorded.treeSize, recorded.leafHash, proof, recorded.root)) {
    throw new ProofDoesNotHold('the inclusion proof of a new record does not hold');
  }
  const { claimsSalt, detailDigest } = recorded.opening();
  const payload: ReceiptPayload = {
    iss: issuer.publicUrl,
    claims,
    log: {
      index: recorded.index,
      claimsSalt: claimsSalt.toString('base64'),
      detailDigest: detailDigest.toString('base64'),
      inclusionProof: proof.map((hash) => hash.toString('base64')),
      checkpoint: recorded.checkpoint,
    },
  };
  return signJws(payload, RECEIPT_TYPE, issuer.key);
}
