import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A refusal is a record too; what the person was told, and by whom; which record stands for another. */
export class PermissionAnswers1790100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE permissions
        ADD COLUMN answer text NOT NULL DEFAULT 'given' CHECK (answer IN ('given', 'refused')),
        ADD COLUMN language text NOT NULL DEFAULT 'en',
        ADD COLUMN asked_by jsonb,
        ADD COLUMN superseded_by uuid REFERENCES permissions,
        ADD COLUMN revision integer NOT NULL DEFAULT 0,
        ALTER COLUMN valid_until DROP NOT NULL,
        ADD CHECK (answer = 'refused' OR valid_until IS NOT NULL);
      ALTER TABLE permissions ALTER COLUMN answer DROP DEFAULT, ALTER COLUMN language DROP DEFAULT;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // Without the column a refusal would read as a yes.
    await queryRunner.query(`
      DELETE FROM permissions WHERE answer = 'refused';
      ALTER TABLE permissions DROP COLUMN answer, DROP COLUMN language, DROP COLUMN asked_by, DROP COLUMN superseded_by,
        DROP COLUMN revision, ALTER COLUMN valid_until SET NOT NULL;
    `);
  }
}
