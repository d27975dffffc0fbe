import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was found of a person's capacity; and statements about sharing that are no permissions. */
export class StatementsAboutSharing1790300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE permissions ADD COLUMN capacity_statement jsonb;

      -- Objections, best-interests decisions, hold-backs and suppressions; against subject handles only.
      CREATE TABLE sharing_statements (
        id uuid PRIMARY KEY,
        kind text NOT NULL
          CHECK (kind IN ('objection', 'best-interests-decision', 'hold-back', 'address-suppression')),
        recorded_by text NOT NULL,
        recorded_by_system text NOT NULL,
        subject_handles text[] NOT NULL,
        purpose text,
        recipients text[],
        items text[],
        says text NOT NULL CHECK (says IN ('share', 'do-not-share')),
        reason text,
        decision jsonb,
        valid_until timestamptz,
        recorded_at timestamptz NOT NULL,
        lifted_at timestamptz,
        -- Grows with each change of any statement, in the order of the log.
        change_number bigint NOT NULL UNIQUE CHECK (change_number > 0),
        CHECK (says = 'do-not-share' OR kind = 'best-interests-decision'),
        CHECK ((kind = 'best-interests-decision') = (valid_until IS NOT NULL))
      );
      CREATE INDEX sharing_statements_subject_handles ON sharing_statements USING gin (subject_handles);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // Without the table an objection would count for nothing.
    await queryRunner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM sharing_statements WHERE lifted_at IS NULL) THEN
          RAISE EXCEPTION 'statements about sharing stand';
        END IF;
      END $$;
      DROP TABLE sharing_statements;
      ALTER TABLE permissions DROP COLUMN capacity_statement;
    `);
  }
}
