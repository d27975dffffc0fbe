import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is signed in to the console. */
export class ConsoleSessions1790700000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE console_sessions (
        -- SHA-256 of the id that the browser holds: whoever reads the table cannot sign in with it.
        id_hash bytea PRIMARY KEY,
        officer text NOT NULL,
        -- SHA-256 of issuer, claim and value of the account, and of issuer and sid of the provider's own session.
        account_hash bytea NOT NULL,
        provider_session_hash bytea,
        -- At the latest, and unless it is used before that.
        ends_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at <= ends_at)
      );
      CREATE INDEX console_sessions_expires_at ON console_sessions (expires_at);
      CREATE INDEX console_sessions_officer ON console_sessions (officer);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE console_sessions');
  }
}
