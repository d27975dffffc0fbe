import type { DataSource, EntityManager } from 'typeorm';
import type { Agreement, AgreementDraft, AgreementSignature } from '../agreements/index.js';
import { readRevision } from '../definitions/index.js';
import { readLife, type AgreementLife, type Step } from './agreement-life.js';

/** Lives of agreements as of one revision of the register. */
export interface AgreementLives {
  readonly revision: number;
  /** By id, then version, ascending. */
  readonly lives: readonly AgreementLife[];
}

/** Every version of one agreement. */
export const livesOf = (dataSource: DataSource, id: string): Promise<AgreementLives> => readLives(dataSource, '$1', id);

/** Every version of the agreements of which one version or draft names the agency as a party. */
export const livesOfAgency = (dataSource: DataSource, agency: string): Promise<AgreementLives> =>
  readLives(
    dataSource,
    `SELECT id FROM agreements WHERE document -> 'parties' ? $1
     UNION SELECT agreement FROM agreement_steps WHERE step = 'drafted' AND document -> 'parties' ? $1`,
    agency,
  );

async function readLives(dataSource: DataSource, ids: string, of: string): Promise<AgreementLives> {
  return await dataSource.transaction('REPEATABLE READ', async (manager: EntityManager) => {
    const revision = await readRevision(manager);
    const applied = await manager.query<AppliedRow[]>(
      `SELECT id, version, hash, document, signatures FROM agreements WHERE id IN (${ids})`,
      [of],
    );
    const steps = await manager.query<StepRow[]>(
      `SELECT agreement, version, number, step, hash, agency, officer, at, reason, signature, document
       FROM agreement_steps WHERE agreement IN (${ids}) ORDER BY agreement, version, number`,
      [of],
    );
    return { revision, lives: assemble(applied, steps) };
  });
}

interface AppliedRow {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
  readonly document: Agreement;
  readonly signatures: readonly AgreementSignature[];
}

interface StepRow extends Step {
  readonly agreement: string;
  readonly version: number;
  readonly document: AgreementDraft | null;
}

/** The step alone: the texts of drafts are large, and only the newest counts. */
function stepOf({ number, step, hash, agency, officer, at, reason, signature }: StepRow): Step {
  return { number, step, hash, agency, officer, at, reason, signature };
}

function assemble(applied: readonly AppliedRow[], steps: readonly StepRow[]): AgreementLife[] {
  const nameOf = (id: string, version: number): string => `${id} ${version}`;
  const newest = new Map<string, number>();
  for (const { id, version } of applied) newest.set(id, Math.max(version, newest.get(id) ?? 0));
  const appliedOf = new Map(applied.map((row) => [nameOf(row.id, row.version), row]));
  const stepsOf = Map.groupBy(steps, (row) => nameOf(row.agreement, row.version));
  const lives = [...new Set([...appliedOf.keys(), ...stepsOf.keys()])].map((name) => {
    const row = appliedOf.get(name);
    const rows = stepsOf.get(name) ?? [];
    const document = row?.document ?? rows.findLast((step) => step.document)?.document;
    if (!document) throw new Error('an agreement has steps and no text');
    const history = rows.map(stepOf);
    const superseded = (newest.get(document.id) ?? 0) > document.version;
    return readLife({ document, history, superseded, ...(row && { applied: row }) });
  });
  return lives.toSorted(({ document: a }, { document: b }) =>
    a.id === b.id ? a.version - b.version : a.id < b.id ? -1 : 1,
  );
}
