import { hash as digest } from 'node:crypto';
import type { AccessStore } from './access-store.js';
import { PROOF_WINDOW_SECONDS, type ProofIdentity } from './dpop-proof.js';

/** Longest list written at once. */
const LARGEST_BATCH = 1_000;
/** A proof is acceptable until `iat` + window; the rest is for replicas whose clocks differ. Seconds. */
const KEPT_SECONDS = 2 * PROOF_WINDOW_SECONDS;

interface Claim {
  readonly hash: Buffer;
  readonly expiresAt: Date;
  readonly answer: (first: boolean) => void;
  readonly fail: (cause: unknown) => void;
}

/**
 * The memory of all replicas for proofs that were used: a row per proof, whose primary key lets one of them win.
 * Claims that arrive while a batch is being written go out together with the next, so that the number of commits does not
 * grow with the number of requests.
 */
export class UsedProofs {
  private waiting: Claim[] = [];
  private writing = false;

  constructor(private readonly store: AccessStore) {}

  /**
   * Claims a proof for one request.
   *
   * Guarantee: of all calls for one key and `jti`, on all replicas together, at most one is answered `true`.
   *
   * @returns false when the proof was used before
   * @throws Problem STORE_UNAVAILABLE when that cannot be known; the proof may be spent
   */
  async claim(jkt: string, proof: ProofIdentity): Promise<boolean> {
    const hash = digest('sha256', `${jkt}\n${proof.jti}`, 'buffer');
    const expiresAt = new Date((proof.iat + KEPT_SECONDS) * 1000);
    const answered = new Promise<boolean>((answer, fail) => this.waiting.push({ hash, expiresAt, answer, fail }));
    if (!this.writing) void this.writeAll();
    return await answered;
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, LARGEST_BATCH);
      try {
        await this.write(batch);
      } catch (cause) {
        // Those who wait have waited as long: they are told now, not after a time-out of their own.
        for (const claim of [...batch, ...this.waiting.splice(0)]) claim.fail(cause);
      }
    }
    this.writing = false;
  }

  private async write(batch: readonly Claim[]): Promise<void> {
    const firsts = new Map<string, Claim>();
    for (const claim of batch) {
      const key = claim.hash.toString('hex');
      if (!firsts.has(key)) firsts.set(key, claim);
    }
    // Always in one order, so that batches of two replicas with the same proofs wait for each other and never deadlock.
    const rows = [...firsts.values()].sort((one, other) => one.hash.compare(other.hash));
    const inserted = await this.store.run<{ proof_hash: Buffer }>(
      `INSERT INTO used_proofs (proof_hash, expires_at) SELECT * FROM unnest($1::bytea[], $2::timestamptz[])
       ON CONFLICT DO NOTHING RETURNING proof_hash`,
      [rows.map((row) => row.hash), rows.map((row) => row.expiresAt)],
      'use_proofs',
    );
    const won = new Set(inserted.map((row) => firsts.get(row.proof_hash.toString('hex'))));
    for (const claim of batch) claim.answer(won.has(claim));
  }
}
