import { Inject, Injectable, Logger, Optional, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { buildRegister, EMPTY_REGISTER } from './build-register.js';
import type { Register } from './register.js';
import { haltKey, readRevision, readStoredDefinitions } from './stored-definitions.js';
import { StoredAgreementVerifier, type InvalidAgreement } from './verify-stored-agreements.js';

/** Injection token of a {@link RegisterReporter}; without one, the framework's logger is used. */
export const REGISTER_REPORTER = Symbol('RegisterReporter');

/** Told what an operator needs to know. */
export interface RegisterReporter {
  /** An agreement in the database does not verify, so nothing is disclosed under it. Told once per revision. */
  agreementLeftOut(agreement: InvalidAgreement): void;
  registerLoaded(revision: number): void;
  /** The database does not answer; the register of the last revision that was read stays for what needs no fresh one. */
  databaseAway(): void;
}

/** How often a replica asks whether something was applied, milliseconds. `fresh()` does not wait for it. */
const POLL_EVERY_MS = 1_000;

/**
 * The register of this replica: everything that was applied, in memory, with the agreements whose signatures verify.
 *
 * INVARIANT: 10. What one replica applied, the others see: each asks the database for the revision, and none tells another.
 */
@Injectable()
export class RegisterService implements OnModuleInit, OnModuleDestroy {
  private readonly verifier = new StoredAgreementVerifier();
  private readonly reporter: RegisterReporter;
  private register = EMPTY_REGISTER;
  private invalid: readonly InvalidAgreement[] = [];
  private loading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private away = false;

  constructor(
    private readonly dataSource: DataSource,
    @Optional() @Inject(REGISTER_REPORTER) reporter?: RegisterReporter,
  ) {
    this.reporter = reporter ?? logRegister(new Logger('Register'));
  }

  async onModuleInit(): Promise<void> {
    await this.fresh();
    this.pollLater();
  }

  /** Before the database's connections are closed, so that the last poll does not mistake that for an outage. */
  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** The register as it was last read: at most about a second old while the database answers. No I/O. */
  current(): Register {
    return this.register;
  }

  /**
   * The register as it is now.
   * @throws Problem `STORE_UNAVAILABLE` when the database does not answer
   */
  async fresh(): Promise<Register> {
    try {
      // Reading may have begun before the newest revision was committed, so what it brought is held against it again.
      while ((await readRevision(this.dataSource)) !== this.register.revision) await this.load();
      this.away = false;
      return this.register;
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }

  /** Agreements of the revision in memory that do not verify and are left out. */
  invalidAgreements(): readonly InvalidAgreement[] {
    return this.invalid;
  }

  private async load(): Promise<void> {
    this.loading ??= this.loadOnce().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async loadOnce(): Promise<void> {
    const stored = await readStoredDefinitions(this.dataSource);
    const { signed, invalid } = await this.verifier.verify(
      stored.agreements.values(),
      (agency) => stored.agencies.get(agency)?.keys ?? [],
    );
    const agreements = signed.map((one) => {
      const halted = stored.halted.get(haltKey({ ...one.agreement, hash: one.hash }));
      return halted ? { ...one, halted } : one;
    });
    this.register = buildRegister({ ...stored, agreements });
    this.invalid = Object.freeze(invalid);
    for (const agreement of invalid) this.reporter.agreementLeftOut(agreement);
    this.reporter.registerLoaded(stored.revision);
  }

  private pollLater(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.poll(), POLL_EVERY_MS);
    this.timer.unref();
  }

  private async poll(): Promise<void> {
    try {
      await this.fresh();
    } catch {
      if (!this.away && !this.stopped) this.reporter.databaseAway();
      this.away = true;
    }
    this.pollLater();
  }
}

const logRegister = (logger: Logger): RegisterReporter => ({
  agreementLeftOut: ({ id, version, reasons }) =>
    logger.error(`agreement ${id} version ${version} is left out: ${reasons.join('; ')}`),
  registerLoaded: (revision) => logger.log(`register revision ${revision}`),
  databaseAway: () => logger.warn('the database does not answer; the register cannot be brought up to date'),
});
