import type { Change, DisclosureLog, LegalHoldEntry } from '../../src/disclosure-log/index.js';

/** What lifts a hold of `a-council`, as the application's role may put it. */
export const liftOf = (hold: string, at: Date): Change => ({
  sql: `UPDATE legal_holds SET lifted_at = $2, lifted_by = 'a-council-ig-2' WHERE id = $1`,
  values: [hold, at],
});

/** The entry that says so. */
export const liftedEntry = (hold: string, at: Date): LegalHoldEntry => ({
  claims: {
    kind: 'legal-hold-lifted',
    at: at.toISOString(),
    hold,
    by: { agency: 'a-council', officer: 'a-council-ig-2' },
    reason: 'complaint',
    exchanges: null,
    agreement: null,
  },
  detail: { subjectHandles: [] },
});

/** Lifts a hold of `a-council`, with its entry, as the gateway does. */
export async function liftHold(log: DisclosureLog, hold: string, at: Date): Promise<void> {
  await log.append(liftedEntry(hold, at), {}, liftOf(hold, at));
}
