import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SignInAccount } from '../agencies/index.js';
import { Problem } from '../api-contract/index.js';
import { CLOCK, type Clock } from '../config/index.js';

/** A session that nobody uses ends after this. */
export const IDLE_MINUTES = 15;
/** And every session after this, however much it is used. */
export const LONGEST_HOURS = 12;

/** Who signed in. */
export interface SignedIn {
  readonly officer: string;
  /** Of {@link accountHash}. */
  readonly accountHash: Buffer;
}

/**
 * Who is signed in to the console, on all replicas: a row in PostgreSQL for each session.
 *
 * Guarantees: an id is made here, of 256 random bits, at each sign-in, so none that a browser brought along becomes one of a
 * session; only its hash is stored; it is found and prolonged by one statement, so that a session that was ended on any
 * replica is never found again, by requests under way either.
 *
 * Does NOT look at what the officer may do, or whether they are still registered.
 */
@Injectable()
export class Sessions {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param providerSession `sid` of the ID token, if it has one @returns the id, for the browser alone */
  async open({ officer, accountHash }: SignedIn, issuer: string, providerSession?: string): Promise<string> {
    const id = randomBytes(32).toString('base64url');
    const now = this.clock.now();
    const session = providerSession === undefined ? null : digest(issuer, providerSession);
    await this.query('DELETE FROM console_sessions WHERE expires_at <= $1', [now]);
    await this.query(
      `INSERT INTO console_sessions (id_hash, officer, account_hash, provider_session_hash, ends_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [digest(id), officer, accountHash, session, later(now, LONGEST_HOURS * 60), later(now, IDLE_MINUTES)],
    );
    return id;
  }

  /** Finds a session and begins its idle time anew. @throws Problem STORE_UNAVAILABLE */
  async use(id: string): Promise<SignedIn | undefined> {
    const now = this.clock.now();
    // What an UPDATE returns comes with a count beside it.
    const [[found]] = await this.query<[{ officer: string; account_hash: Buffer }[], number]>(
      `UPDATE console_sessions SET expires_at = least(ends_at, $3) WHERE id_hash = $1 AND expires_at > $2
       RETURNING officer, account_hash`,
      [digest(id), now, later(now, IDLE_MINUTES)],
    );
    return found && { officer: found.officer, accountHash: found.account_hash };
  }

  /** Ends every session of the officer whose session this is, in all browsers. @throws Problem STORE_UNAVAILABLE */
  async endAllOfWhoHas(id: string): Promise<void> {
    await this.query(
      'DELETE FROM console_sessions WHERE officer IN (SELECT officer FROM console_sessions WHERE id_hash = $1)',
      [digest(id)],
    );
  }

  /** Ends what was opened in a session of the provider. @throws Problem STORE_UNAVAILABLE */
  async endOfProvider(issuer: string, providerSession: string): Promise<void> {
    await this.query('DELETE FROM console_sessions WHERE provider_session_hash = $1', [
      digest(issuer, providerSession),
    ]);
  }

  /** Ends what was opened with an account. @throws Problem STORE_UNAVAILABLE */
  async endOfAccount(account: SignInAccount): Promise<void> {
    await this.query('DELETE FROM console_sessions WHERE account_hash = $1', [accountHash(account)]);
  }

  private async query<Rows>(sql: string, values: unknown[]): Promise<Rows> {
    try {
      return await this.dataSource.query<Rows>(sql, values);
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }
}

/** Stands for an account where nobody is to read which it is. */
export const accountHash = ({ issuer, claim = 'sub', value }: SignInAccount): Buffer => digest(issuer, claim, value);

const digest = (...parts: string[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();
const later = (now: Date, minutes: number): Date => new Date(now.getTime() + minutes * 60_000);
