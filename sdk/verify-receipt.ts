import canonicalize from 'canonicalize';
import { compactVerify, importJWK, type JWK } from 'jose';
import { openCheckpoint, readVerifierKey } from '../src/disclosure-log/tree/checkpoint.js';
import { commit } from '../src/disclosure-log/tree/commitment.js';
import type { DecisionNotToShareClaims, ExchangeClaims } from '../src/disclosure-log/entries/entry.js';
import { hashLeaf, verifyInclusion } from '../src/disclosure-log/tree/merkle-tree.js';
import type { ConsentRecord } from '../src/permissions/consent-record.js';
import type { components } from './generated/gatehouse.js';

/**
 * What a receipt says was decided, and what became of it, told apart by `kind`: `decision` and `outcome` of an exchange, and
 * `decision-not-to-share` of a person's own decision. Names agencies, items and legal bases; never the person.
 */
export type ReceiptClaims = ExchangeClaims | DecisionNotToShareClaims;
export type { DecisionNotToShareClaims, ExchangeClaims };

/** Public keys of one gateway, as `GET /v1/log/keys` gives them: fetch them once over a channel that you trust, and keep them. */
export type LogKeys = components['schemas']['LogKeysAnswer'];

/**
 * The checks, in their order. `form`: it is a receipt at all. `signature`: the gateway signed it. `checkpoint`: the log's key
 * signed the checkpoint in it. `inclusion`: what it claims is in the tree that the checkpoint signs.
 */
export type ReceiptCheck = 'form' | 'signature' | 'checkpoint' | 'inclusion';

/** A receipt that holds. */
export interface VerifiedReceipt {
  readonly valid: true;
  /** Public URL of the gateway that issued it. */
  readonly issuer: string;
  readonly claims: ReceiptClaims;
  /** Its place in the log, from 0. */
  readonly index: number;
  /** C2SP signed note of the log when this was its newest entry, or nearly. Keep it: it binds whoever runs the log. */
  readonly checkpoint: string;
}

/** A receipt that does not hold. */
export interface RefutedReceipt {
  readonly valid: false;
  readonly failed: ReceiptCheck;
  /** One sentence. */
  readonly why: string;
}

interface Payload {
  readonly iss: string;
  readonly claims: ReceiptClaims;
  readonly log: {
    readonly index: number;
    readonly claimsSalt: string;
    readonly detailDigest: string;
    readonly inclusionProof: readonly string[];
    readonly checkpoint: string;
  };
}

/**
 * Verifies a receipt offline: its JWS signature (EdDSA, `typ` `gatehouse-receipt+jws`), the signed note of its checkpoint
 * (C2SP), and the inclusion proof (RFC 9162 section 2.1.3.2) of the leaf that its claims make. The leaf is
 * SHA-256(0x00 || commitment), the commitment SHA-256(claims salt || SHA-256(claims in RFC 8785 form) || detail digest).
 *
 * Never throws. Does NOT check that the log still says the same (see `gatehouse log verify --checkpoint`), that the keys are
 * the gateway's (obtain them with care), or that what was decided was right.
 */
export async function verifyReceipt(receipt: string, keys: LogKeys): Promise<VerifiedReceipt | RefutedReceipt> {
  try {
    const payload = readPayload(receipt);
    if (!payload) return refuted('form', 'It is not a receipt of a disclosure.');
    if (!(await isSigned(receipt, keys, 'gatehouse-receipt+jws')))
      return refuted('signature', 'None of the keys given has signed it.');
    const { index, checkpoint: note } = payload.log;
    const checkpoint = openNote(note, keys);
    if (!checkpoint) return refuted('checkpoint', 'The key given has not signed its checkpoint.');
    const proof = payload.log.inclusionProof.map((hash) => Buffer.from(hash, 'base64'));
    if (!verifyInclusion(index, checkpoint.size, leafOf(payload), proof, checkpoint.root)) {
      return refuted('inclusion', 'What it claims is not in the tree that its checkpoint signs.');
    }
    return { valid: true, issuer: payload.iss, claims: payload.claims, index, checkpoint: note };
  } catch {
    return refuted('form', 'It is not a receipt of a disclosure.');
  }
}

/** A permission receipt that holds. */
export interface VerifiedPermissionReceipt {
  readonly valid: true;
  /** Public URL of the gateway that issued it. */
  readonly issuer: string;
  /** The permission in the fields of ISO/IEC TS 27560:2023. */
  readonly record: ConsentRecord;
}

/**
 * Verifies the receipt of a permission offline: a JWS (EdDSA, `typ` `gatehouse-permission-receipt+jws`).
 *
 * Never throws. Does NOT check that the permission still stands: a receipt says what was so when it was issued.
 */
export async function verifyPermissionReceipt(
  receipt: string,
  keys: LogKeys,
): Promise<VerifiedPermissionReceipt | RefutedReceipt> {
  const { iss, record } = readJws<{ iss: string; record: ConsentRecord }>(receipt) ?? {};
  if (typeof iss !== 'string' || typeof record?.header?.record_id !== 'string') {
    return refuted('form', 'It is not a receipt of a permission.');
  }
  const signed = await isSigned(receipt, keys, 'gatehouse-permission-receipt+jws');
  return signed ? { valid: true, issuer: iss, record } : refuted('signature', 'None of the keys given has signed it.');
}

/** The payload of a compact JWS, unproven. */
function readJws<Payload>(receipt: string): Partial<Payload> | undefined {
  const [, encoded, signature, ...more] = receipt.split('.');
  if (encoded === undefined || signature === undefined || more.length > 0) return undefined;
  try {
    return (JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Partial<Payload> | null) ?? undefined;
  } catch {
    return undefined;
  }
}

const refuted = (failed: ReceiptCheck, why: string): RefutedReceipt => ({ valid: false, failed, why });

function readPayload(receipt: string): Payload | undefined {
  const payload = readJws<Payload>(receipt);
  const log = payload?.log;
  const whole =
    typeof payload?.iss === 'string' &&
    typeof payload.claims === 'object' &&
    typeof log?.index === 'number' &&
    Array.isArray(log.inclusionProof) &&
    [log.claimsSalt, log.detailDigest, log.checkpoint, ...log.inclusionProof].every((text) => typeof text === 'string');
  return whole ? (payload as Payload) : undefined;
}

/** Whether one of the gateway's keys signed a compact JWS of this `typ`. Never throws. */
export async function isSigned(receipt: string, keys: LogKeys, typ: string): Promise<boolean> {
  try {
    const { protectedHeader } = await compactVerify(
      receipt,
      async ({ kid }) => {
        const key = keys.receipts.find((one) => one['kid'] === kid) as JWK | undefined;
        if (!key) throw new Error('no such key');
        return await importJWK(key, 'EdDSA');
      },
      { algorithms: ['EdDSA'] },
    );
    return protectedHeader.typ === typ;
  } catch {
    return false;
  }
}

function openNote(note: string, keys: LogKeys): ReturnType<typeof openCheckpoint> {
  try {
    return openCheckpoint(note, readVerifierKey(keys.checkpoint));
  } catch {
    return undefined;
  }
}

function leafOf({ claims, log }: Payload): Buffer {
  const opening = {
    claimsSalt: Buffer.from(log.claimsSalt, 'base64'),
    detailDigest: Buffer.from(log.detailDigest, 'base64'),
  };
  return hashLeaf(commit(canonicalize(claims) ?? '', opening));
}
