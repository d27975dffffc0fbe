import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The life of agreements: one row for each step that an officer of a party took. Nothing is ever changed or taken away. */
export class AgreementSteps1790200000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE agreement_steps (
        agreement text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        number integer NOT NULL CHECK (number > 0),
        step text NOT NULL CHECK (step IN (
          'drafted', 'proposed', 'signature-asked', 'signed', 'suspended', 'resume-agreed', 'resumed', 'revoked')),
        hash text NOT NULL,
        agency text NOT NULL,
        officer text NOT NULL,
        at timestamptz NOT NULL,
        reason text CHECK ((reason IS NOT NULL) = (step IN ('suspended', 'revoked'))),
        signature jsonb CHECK (signature IS NULL OR step IN ('signature-asked', 'signed')),
        document jsonb CHECK ((document IS NOT NULL) = (step = 'drafted')),
        PRIMARY KEY (agreement, version, number)
      );
      CREATE INDEX agreement_steps_halts ON agreement_steps (agreement, version, hash, number DESC)
        WHERE step IN ('suspended', 'resumed', 'revoked');
      CREATE INDEX agreement_steps_parties ON agreement_steps USING gin ((document -> 'parties')) WHERE step = 'drafted';
      CREATE INDEX agreements_parties ON agreements USING gin ((document -> 'parties'));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX agreements_parties; DROP TABLE agreement_steps');
  }
}
