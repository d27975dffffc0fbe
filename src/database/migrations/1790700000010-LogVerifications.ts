import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Full verifications of the log, erasures that are found at once, and legal holds that are lifted by an entry of the log alone. */
export class LogVerifications1790700000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Verifications of the whole log that came to their end.
      CREATE TABLE log_verifications (
        id uuid PRIMARY KEY,
        begun_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        tree_size bigint NOT NULL,
        entries bigint NOT NULL,
        checkpoints bigint NOT NULL,
        -- Kinds of what was found, and places in the log; empty for a log that is whole.
        findings jsonb NOT NULL CHECK (jsonb_typeof(findings) = 'array')
      );
      CREATE INDEX log_verifications_begun_at ON log_verifications (begun_at);

      -- Entries that erased bodies, few among many: whoever verifies one disclosure looks for those that erased its own.
      CREATE INDEX log_entries_erasing ON log_entries (log_index) WHERE kind = 'bodies-erased';

      -- A hold is lifted in the transaction of the entry that says so, under a checkpoint of it, and is never placed again or
      -- lifted twice. Looked at when the transaction ends, since the entry is written after the hold.
      CREATE FUNCTION refuse_lift_without_entry() RETURNS trigger
      LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
      DECLARE
        own_transaction xid := pg_current_xact_id()::xid;
      BEGIN
        IF OLD.lifted_at IS NOT NULL OR NOT EXISTS (
          SELECT FROM log_entries entry JOIN log_bodies body USING (log_index)
          JOIN log_checkpoints checkpoint ON checkpoint.tree_size > entry.log_index
          -- What this transaction wrote stands at the end of the log.
          WHERE entry.log_index > (SELECT max(tree_size) - 1000 FROM log_checkpoints)
            AND entry.kind = 'legal-hold-lifted' AND body.claims::jsonb ->> 'kind' = 'legal-hold-lifted'
            AND (body.claims::jsonb ->> 'hold')::uuid = NEW.id
            AND body.claims::jsonb #>> '{by,agency}' = NEW.agency AND body.claims::jsonb #>> '{by,officer}' = NEW.lifted_by
            AND entry.xmin = own_transaction AND body.xmin = own_transaction AND checkpoint.xmin = own_transaction) THEN
          RAISE EXCEPTION 'a legal hold is lifted by an entry of the log alone';
        END IF;
        RETURN NULL;
      END $$;
      REVOKE ALL ON FUNCTION refuse_lift_without_entry() FROM PUBLIC;
      CREATE CONSTRAINT TRIGGER legal_holds_lifted AFTER UPDATE OF lifted_at, lifted_by ON legal_holds
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (OLD.lifted_at IS DISTINCT FROM NEW.lifted_at OR OLD.lifted_by IS DISTINCT FROM NEW.lifted_by)
        EXECUTE FUNCTION refuse_lift_without_entry();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER legal_holds_lifted ON legal_holds;
      DROP FUNCTION refuse_lift_without_entry();
      DROP INDEX log_entries_erasing;
      DROP TABLE log_verifications;
    `);
  }
}
