import type { DataSource, EntityManager } from 'typeorm';
import type { Agency, Officer, System } from '../agencies/index.js';
import type { Agreement, AgreementSignature, Halt, StoredAt } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';

/** A row of the table of agreements, as it stands: nothing about it is proven yet. */
export interface StoredAgreement {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
  readonly document: Agreement;
  readonly signatures: readonly AgreementSignature[];
  /** When this version was applied, with these signatures. */
  readonly appliedAt: Date;
}

/** Everything that was applied, as of one revision, as the database holds it. */
export interface StoredDefinitions {
  readonly revision: number;
  readonly agencies: ReadonlyMap<string, Agency>;
  readonly systems: ReadonlyMap<string, System>;
  readonly officers: ReadonlyMap<string, Officer>;
  readonly dataServices: ReadonlyMap<string, DataService>;
  /** The newest version of each agreement. */
  readonly agreements: ReadonlyMap<string, StoredAgreement>;
  /** The versions that a party has suspended or revoked, by {@link haltKey}. */
  readonly halted: ReadonlyMap<string, Halt>;
}

/** The revision of what was applied. One row by its key: cheap enough to ask for before each decision. */
export async function readRevision(database: DataSource | EntityManager): Promise<number> {
  const [row] = await database.query<{ revision: string }[]>('SELECT revision FROM register_revision');
  if (!row) throw new Error('the table register_revision has no row');
  return Number(row.revision);
}

/** Reads everything as of one instant: the revision belongs to exactly the definitions that are returned. */
export async function readStoredDefinitions(dataSource: DataSource): Promise<StoredDefinitions> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    const documents = async <T extends { id: string }>(table: string): Promise<Map<string, T>> => {
      const rows = await manager.query<{ document: T }[]>(`SELECT document FROM ${table} ORDER BY id`);
      return new Map(rows.map(({ document }) => [document.id, document]));
    };
    const agreements = await manager.query<StoredAgreement[]>(
      'SELECT DISTINCT ON (id) id, version, hash, document, signatures, applied_at AS "appliedAt" FROM agreements ORDER BY id, version DESC',
    );
    return {
      revision: await readRevision(manager),
      agencies: await documents<Agency>('agencies'),
      systems: await documents<System>('systems'),
      officers: await documents<Officer>('officers'),
      dataServices: await documents<DataService>('data_services'),
      agreements: new Map(agreements.map((row) => [row.id, row])),
      halted: await readHalted(manager),
    };
  });
}

/** When a version's signatures were first stored; now for one that is not. */
export async function readStoredAt(
  database: DataSource,
  { id, version }: { readonly id: string; readonly version: number },
  now: Date,
): Promise<StoredAt> {
  const [row] = await database.query<Pick<StoredAgreement, 'signatures' | 'appliedAt'>[]>(
    'SELECT signatures, applied_at AS "appliedAt" FROM agreements WHERE id = $1 AND version = $2',
    [id, version],
  );
  return storedAtOf(row, now);
}

/** A signature that is not among those of the row was never stored. */
export const storedAtOf =
  (row: Pick<StoredAgreement, 'signatures' | 'appliedAt'> | undefined, now: Date): StoredAt =>
  ({ jws }) =>
    row?.signatures.some((stored) => stored.jws === jws) ? row.appliedAt : now;

/** The hash of each version of each agreement that was ever applied, by `<id> <version>`. */
export async function readAgreementHashes(database: DataSource | EntityManager): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ name: string; hash: string }[]>(
    `SELECT id || ' ' || version AS name, hash FROM agreements`,
  );
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}

/** Names a version by its text too: another text under the same name was never suspended or revoked. */
export const haltKey = ({ id, version, hash }: Pick<StoredAgreement, 'id' | 'version' | 'hash'>): string =>
  `${id} ${version} ${hash}`;

async function readHalted(manager: EntityManager): Promise<Map<string, Halt>> {
  const rows = await manager.query<(Pick<StoredAgreement, 'id' | 'version' | 'hash'> & { halt: string })[]>(
    `SELECT DISTINCT ON (agreement, version, hash) agreement AS id, version, hash, step AS halt FROM agreement_steps
     WHERE step IN ('suspended', 'resumed', 'revoked') ORDER BY agreement, version, hash, number DESC`,
  );
  return new Map(rows.flatMap(({ halt, ...of }) => (isHalt(halt) ? [[haltKey(of), halt]] : [])));
}

const isHalt = (step: string): step is Halt => step === 'suspended' || step === 'revoked';
