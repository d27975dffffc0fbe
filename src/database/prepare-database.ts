import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { StartUpError } from '../config/index.js';
import { FirstTables1790000000000 } from './migrations/1790000000000-FirstTables.js';
import { PermissionAnswers1790100000000 } from './migrations/1790100000000-PermissionAnswers.js';
import { Officers1790200000000 } from './migrations/1790200000000-Officers.js';
import { AgreementSteps1790200000001 } from './migrations/1790200000001-AgreementSteps.js';
import { StatementsAboutSharing1790300000000 } from './migrations/1790300000000-StatementsAboutSharing.js';
import { BudgetUses1790400000000 } from './migrations/1790400000000-BudgetUses.js';
import { OverrideReviews1790500000000 } from './migrations/1790500000000-OverrideReviews.js';
import { WithdrawalNotices1790600000000 } from './migrations/1790600000000-WithdrawalNotices.js';
import { WitnessesAndTimeStamps1790700000002 } from './migrations/1790700000002-WitnessesAndTimeStamps.js';
import { LegalHoldsAndErasure1790700000003 } from './migrations/1790700000003-LegalHoldsAndErasure.js';
import { Disclosures1790700000004 } from './migrations/1790700000004-Disclosures.js';
import { ConsoleSessions1790700000006 } from './migrations/1790700000006-ConsoleSessions.js';
import { Alerts1790700000007 } from './migrations/1790700000007-Alerts.js';
import { LogVerifications1790700000010 } from './migrations/1790700000010-LogVerifications.js';
import { SearchTablesLoseWhatIsErased1790700000011 } from './migrations/1790700000011-SearchTablesLoseWhatIsErased.js';
import { BodiesBesideEntries1790700000012 } from './migrations/1790700000012-BodiesBesideEntries.js';
import { APPEND_ONLY_TABLES, APPLICATION_FUNCTIONS, APPLICATION_PRIVILEGES } from './privileges.js';

/** Every migration, in order. */
export const MIGRATIONS = [
  FirstTables1790000000000,
  PermissionAnswers1790100000000,
  Officers1790200000000,
  AgreementSteps1790200000001,
  StatementsAboutSharing1790300000000,
  BudgetUses1790400000000,
  OverrideReviews1790500000000,
  WithdrawalNotices1790600000000,
  WitnessesAndTimeStamps1790700000002,
  LegalHoldsAndErasure1790700000003,
  Disclosures1790700000004,
  ConsoleSessions1790700000006,
  Alerts1790700000007,
  LogVerifications1790700000010,
  SearchTablesLoseWhatIsErased1790700000011,
  BodiesBesideEntries1790700000012,
];

/**
 * Brings the database up to date as its owner: runs the migrations, makes the application's role if it is missing, and
 * grants it exactly {@link APPLICATION_PRIVILEGES} and {@link APPLICATION_FUNCTIONS}. Idempotent; safe to run from several replicas at once.
 *
 * @returns the URL that the gateway itself connects with
 * @throws StartUpError when the database cannot be reached or the owner may not do this
 */
export async function prepareDatabase(
  ownerUrl: string,
  role: { name: string; password: string },
): Promise<{ applicationUrl: string }> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // One replica at a time; the number is arbitrary and belongs to this project.
    await client.query('SELECT pg_advisory_lock(724019331)');
    await runMigrations(ownerUrl);
    const name = pg.escapeIdentifier(role.name);
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name]);
    await client.query(
      `${rowCount ? 'ALTER' : 'CREATE'} ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(role.password)}`,
    );
    const grants = Object.entries(APPLICATION_PRIVILEGES).map(
      ([table, privileges]) => `GRANT ${privileges} ON ${table} TO ${name};`,
    );
    await client.query(`
      BEGIN;
      REVOKE CREATE ON SCHEMA public FROM PUBLIC;
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${name};
      GRANT USAGE ON SCHEMA public TO ${name};
      ${grants.join('\n')}
      GRANT EXECUTE ON FUNCTION ${APPLICATION_FUNCTIONS.join(', ')} TO ${name};
      COMMIT;`);
  } catch (error) {
    if (error instanceof StartUpError) throw error;
    throw new StartUpError(`The database could not be prepared: ${describeDatabaseError(error)}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(role.name);
  url.password = encodeURIComponent(role.password);
  return { applicationUrl: url.href };
}

/** A password for the application's role, for those who do not bring one. */
export const makeRolePassword = (): string => randomBytes(24).toString('base64url');

/**
 * Refuses a role that could rewrite the disclosure log.
 * @throws StartUpError naming the table
 */
export async function refuseRoleThatCanRewriteTheLog(dataSource: DataSource): Promise<void> {
  const rows = (await dataSource.query(
    `SELECT t AS name FROM unnest($1::text[]) t
     WHERE has_table_privilege(t, 'UPDATE') OR has_table_privilege(t, 'DELETE') OR has_table_privilege(t, 'TRUNCATE')`,
    [APPEND_ONLY_TABLES],
  )) as { name: string }[];
  if (rows.length > 0) {
    throw new StartUpError(
      `The database role of the gateway can change ${rows.map((row) => row.name).join(', ')}: connect with the application's role that "gatehouse database prepare" makes.`,
    );
  }
}

async function runMigrations(url: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
  });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}

/** PostgreSQL's own condition, without the statement or its parameters. */
export function describeDatabaseError(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return /^[0-9A-Z]{5}$/.test(code ?? '') ? `${message} (SQLSTATE ${code})` : (code ?? message ?? 'unknown cause');
}
