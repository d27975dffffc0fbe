import type { EntityManager } from 'typeorm';
import type { Clock } from '../config/index.js';
import { appendWithin, type NoteKey } from '../disclosure-log/index.js';
import { readRevision } from './stored-definitions.js';

/**
 * Records in the disclosure log that definitions were applied, in the transaction that applies them. For
 * `ApplyOptions.record`: the lock row is held by then.
 */
export function recordApplied(signer: NoteKey, clock: Clock) {
  return async (manager: EntityManager, changes: readonly string[]): Promise<void> => {
    const revision = await readRevision(manager);
    await appendWithin(
      async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[],
      [
        {
          claims: { kind: 'definitions-applied', at: clock.now().toISOString(), revision },
          detail: { changes: [...changes] },
        },
      ],
      { signer, at: clock.now() },
    );
  };
}
