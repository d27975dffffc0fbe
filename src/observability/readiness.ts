/** What a readiness check says. The reason is a plain sentence fixed in code: it is public. */
export interface CheckResult {
  readonly ok: boolean;
  readonly reason?: string;
}

/** Answers at once from what is already known; MUST NOT wait for anything. */
export type ReadinessCheck = () => CheckResult;

/** One check with its name, as `/health/ready` lists it. */
export interface NamedCheckResult extends CheckResult {
  readonly name: string;
}

/** Whether this replica should be sent exchanges: it should when every registered check says so. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();

  /** @param name Kebab-case, e.g. `disclosure-log`. Registering a name again replaces its check. */
  register(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  /** Asks every check. One that throws is not ready. */
  check(): { readonly ready: boolean; readonly checks: readonly NamedCheckResult[] } {
    const checks = [...this.#checks].map(([name, check]) => ({ name, ...ask(check) }));
    return { ready: checks.every(({ ok }) => ok), checks };
  }
}

function ask(check: ReadinessCheck): CheckResult {
  try {
    const { ok, reason } = check();
    return ok ? { ok } : { ok, reason: reason ?? 'It is not ready.' };
  } catch {
    return { ok: false, reason: 'The check itself failed.' };
  }
}
