import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What others say of this log's checkpoints (cosignatures, time-stamps), and what this gateway cosigned of other logs. */
export class WitnessesAndTimeStamps1790700000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Neither refers to log_checkpoints, and both name the root: a log that is rewound keeps the evidence of what it was.
      CREATE TABLE log_cosignatures (
        tree_size bigint NOT NULL,
        root_hash bytea NOT NULL,
        -- Name and key id, so that a witness with a new key is another one.
        witness text NOT NULL,
        line text NOT NULL,
        cosigned_at timestamptz NOT NULL,
        PRIMARY KEY (tree_size, root_hash, witness)
      );
      CREATE INDEX log_cosignatures_witness ON log_cosignatures (witness, tree_size);
      CREATE TABLE log_time_stamps (
        tree_size bigint NOT NULL,
        root_hash bytea NOT NULL,
        authority text NOT NULL,
        -- What was stamped, as the log signed it.
        note text NOT NULL,
        token bytea NOT NULL,
        stamped_at timestamptz NOT NULL,
        asked_at timestamptz NOT NULL,
        PRIMARY KEY (tree_size, root_hash, authority)
      );
      CREATE INDEX log_time_stamps_authority ON log_time_stamps (authority, tree_size);
      -- The largest tree of each other log that this gateway cosigned. A row only ever moves on to a consistent one.
      CREATE TABLE witnessed_logs (
        origin text PRIMARY KEY,
        tree_size bigint NOT NULL,
        root_hash bytea NOT NULL,
        note text NOT NULL,
        cosigned_at timestamptz NOT NULL
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // A witness that forgot what it cosigned would cosign a fork of it.
    await queryRunner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM witnessed_logs) THEN
          RAISE EXCEPTION 'this gateway is a witness, and what it cosigned must not be forgotten';
        END IF;
      END $$;
      DROP TABLE log_cosignatures, log_time_stamps, witnessed_logs;
    `);
  }
}
