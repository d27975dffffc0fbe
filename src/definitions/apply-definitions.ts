import type { DataSource, EntityManager } from 'typeorm';
import { StartUpError, type Clock } from '../config/index.js';
import { DefinitionsRefused, formatDefinitionError, sortDefinitionErrors } from './definition-error.js';
import type { DefinitionRules } from './definition-rules.js';
import { findAgreementErrors } from './find-agreement-errors.js';
import { findDefinitionErrors } from './find-definition-errors.js';
import { planChanges, type ChangePlan } from './plan-changes.js';
import { readDefinitions, type Definitions } from './read-definitions.js';
import { readAgreementHashes, readRevision, readStoredDefinitions } from './stored-definitions.js';

export interface ApplyOptions {
  readonly clock: Clock;
  readonly rules: DefinitionRules;
  /** Removes what the folder does not hold. Default false. */
  readonly prune?: boolean;
  /** Records the changes in the same transaction, under the lock of the disclosure log; what it throws undoes everything. */
  readonly record?: (manager: EntityManager, changes: readonly string[]) => Promise<void>;
}

/** What applying a folder did. */
export interface Applied {
  /** The revision after it; the same as before when nothing changed. */
  readonly revision: number;
  /** Every change in plain English; empty when the register already said so. */
  readonly changes: readonly string[];
  /** What the folder does not hold and the register keeps, e.g. `system northmoor-old`. */
  readonly kept: readonly string[];
  /** What is worth a remark, each as `file:line: reason`. */
  readonly warnings: readonly string[];
}

/** Others apply at the same time only now and then; so many collisions in a row mean that something is amiss. */
const MOST_ATTEMPTS = 5;

/**
 * Makes the register say what a folder says: all of it in one transaction, or nothing. Idempotent, and safe to run from
 * several places at once.
 *
 * INVARIANT: 6. The lock row of the disclosure log is taken first, so that a change of the register is ordered with every
 * decision that is recorded: a decision made on an older revision is not recorded after this commits.
 *
 * Reading, verifying and comparing happen before the lock is taken, so that it is held for a moment only. If another
 * `apply` came in between, the comparison is made again.
 *
 * @throws DefinitionsRefused with every error, its file and its line; nothing was applied
 */
export async function applyDefinitions(
  dataSource: DataSource,
  folder: string,
  options: ApplyOptions,
): Promise<Applied> {
  const { definitions, errors } = await readDefinitions(folder);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const { plan, warnings } = await checkDefinitions(dataSource, definitions, errors, options);
    if (plan.changes.length === 0) return { revision: plan.revision, changes: [], kept: plan.kept, warnings };
    const written = await dataSource.transaction((manager) => writePlan(manager, plan, options));
    if (written) return { revision: plan.revision + 1, changes: plan.changes, kept: plan.kept, warnings };
  }
  throw new StartUpError('The definitions were not applied, because others kept being applied: try again.');
}

async function checkDefinitions(
  dataSource: DataSource,
  definitions: Definitions,
  readErrors: Awaited<ReturnType<typeof readDefinitions>>['errors'],
  { clock, rules, prune }: ApplyOptions,
): Promise<{ plan: ChangePlan; warnings: string[] }> {
  const stored = await readStoredDefinitions(dataSource);
  const hashes = await readAgreementHashes(dataSource);
  const found = await findAgreementErrors(definitions, stored, hashes, rules, clock.now());
  // Nothing refers to an officer, so each that the folder does not hold is removed.
  const staying = prune ? { ...stored, officers: new Map() } : stored;
  const errors = [...readErrors, ...findDefinitionErrors(definitions, staying, rules), ...found.errors];
  if (errors.length > 0) throw new DefinitionsRefused(sortDefinitionErrors(errors));
  return {
    plan: planChanges(definitions, stored, hashes, prune ?? false),
    warnings: sortDefinitionErrors(found.warnings).map(formatDefinitionError),
  };
}

/** @returns false when the register has moved on since the plan was made; nothing was written then */
async function writePlan(manager: EntityManager, plan: ChangePlan, options: ApplyOptions): Promise<boolean> {
  await manager.query('SELECT 1 FROM log_lock FOR UPDATE');
  if ((await readRevision(manager)) !== plan.revision) return false;
  await upsert(manager, 'agencies', plan.write.agencies);
  await upsert(manager, 'systems', plan.write.systems);
  await upsert(manager, 'officers', plan.write.officers);
  await upsert(manager, 'data_services', plan.write.dataServices);
  await manager.query(
    `INSERT INTO agreements (id, version, hash, document, signatures, applied_at)
     SELECT id, version, hash, document, signatures, $2
     FROM jsonb_to_recordset($1::jsonb) AS row(id text, version integer, hash text, document jsonb, signatures jsonb)`,
    [JSON.stringify(plan.write.agreements), options.clock.now()],
  );
  await remove(manager, 'data_services', plan.remove.dataServices);
  await remove(manager, 'systems', plan.remove.systems);
  await remove(manager, 'officers', plan.remove.officers);
  await remove(manager, 'agencies', plan.remove.agencies);
  await manager.query('UPDATE register_revision SET revision = revision + 1');
  await options.record?.(manager, plan.changes);
  return true;
}

async function upsert(
  manager: EntityManager,
  table: 'agencies' | 'systems' | 'officers' | 'data_services',
  documents: readonly object[],
): Promise<void> {
  const columns = table === 'agencies' ? 'id' : 'id, agency';
  await manager.query(
    `INSERT INTO ${table} (${columns}, document)
     SELECT ${columns}, document FROM (
       SELECT document ->> 'id' AS id, document ->> 'agency' AS agency, document
       FROM jsonb_array_elements($1::jsonb) AS document) AS defined
     ON CONFLICT (id) DO UPDATE SET document = EXCLUDED.document`,
    [JSON.stringify(documents)],
  );
}

async function remove(manager: EntityManager, table: string, ids: readonly string[]): Promise<void> {
  await manager.query(`DELETE FROM ${table} WHERE id = ANY($1::text[])`, [ids]);
}
