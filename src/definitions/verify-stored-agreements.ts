import { setImmediate } from 'node:timers/promises';
import {
  canonicalAgreement,
  signatureFault,
  type AgreementSignature,
  type CanonicalAgreement,
  type KeysOfAgency,
  type SignedAgreement,
} from '../agreements/index.js';
import type { StoredAgreement } from './stored-definitions.js';

/** An agreement that is in the database and not in the register. */
export interface InvalidAgreement {
  readonly id: string;
  readonly version: number;
  readonly reasons: readonly string[];
}

/** After so many agreements, others get their turn: a large register is read without holding up exchanges. */
const AGREEMENTS_PER_TURN = 50;

/**
 * Verifies agreements that were read back from the database, and remembers what it verified, so that reading ten thousand
 * agreements again costs hashing alone.
 *
 * INVARIANT: 2. Nothing that the database says of an agreement is believed: its name, its hash and each party's signature
 * are held against its own canonical bytes. An agreement that fails is left out, also when an older version of it would
 * stand; the others are not affected.
 */
export class StoredAgreementVerifier {
  /** Signatures that stand, by hash, signature, key and the time at which they were stored. A refusal is not remembered: it is rare, and so costs nothing. */
  private standing = new Set<string>();

  async verify(
    rows: Iterable<StoredAgreement>,
    keysOf: KeysOfAgency,
  ): Promise<{ signed: SignedAgreement[]; invalid: InvalidAgreement[] }> {
    const signed: SignedAgreement[] = [];
    const invalid: InvalidAgreement[] = [];
    const standing = new Set<string>();
    const all = [...rows];
    for (let start = 0; start < all.length; start += AGREEMENTS_PER_TURN) {
      const turn = all.slice(start, start + AGREEMENTS_PER_TURN);
      const reasons = await Promise.all(turn.map((row) => this.reasonsAgainst(row, keysOf, standing)));
      for (const [position, row] of turn.entries()) {
        const against = reasons[position] ?? ['it was not looked at'];
        if (against.length === 0) {
          signed.push({ agreement: row.document, hash: row.hash, signatures: row.signatures });
        } else invalid.push({ id: row.id, version: row.version, reasons: against });
      }
      await setImmediate();
    }
    this.standing = standing;
    return { signed, invalid };
  }

  private async reasonsAgainst(row: StoredAgreement, keysOf: KeysOfAgency, standing: Set<string>): Promise<string[]> {
    try {
      const canonical = canonicalAgreement(row.document);
      if (canonical.hash !== row.hash) return ['its text is not the one that was signed'];
      if (row.document.id !== row.id || row.document.version !== row.version) {
        return ['it stands under the name of another'];
      }
      const faults: string[] = [];
      for (const party of row.document.parties) {
        const signature = row.signatures.find(({ agency }) => agency === party);
        const fault = signature
          ? await this.fault(canonical, signature, keysOf, row.appliedAt, standing)
          : 'is missing';
        if (fault) faults.push(`the signature of ${party} ${fault}`);
      }
      if (row.signatures.length !== row.document.parties.length) faults.push('it has a signature too many or too few');
      return faults;
    } catch {
      return ['it is not an agreement'];
    }
  }

  private async fault(
    canonical: CanonicalAgreement,
    signature: AgreementSignature,
    keysOf: KeysOfAgency,
    appliedAt: Date,
    standing: Set<string>,
  ): Promise<string | undefined> {
    const keys = keysOf(signature.agency).filter(({ kid }) => kid === signature.kid);
    const name = `${canonical.hash} ${signature.jws} ${JSON.stringify(keys)} ${appliedAt.getTime()}`;
    const fault = this.standing.has(name)
      ? undefined
      : await signatureFault(canonical.bytes, signature, keys, () => appliedAt);
    if (fault === undefined) standing.add(name);
    return fault;
  }
}
