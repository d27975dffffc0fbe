import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is erased from the log goes from the tables that officers search by one statement. Foreign keys did it before: each
 * body that was erased read the whole of those tables, and each row that was made locked the body that it was made from.
 */
export class SearchTablesLoseWhatIsErased1790700000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE disclosures DROP CONSTRAINT disclosures_log_index_fkey;
      ALTER TABLE subject_access_reports DROP CONSTRAINT subject_access_reports_log_index_fkey;
      CREATE INDEX subject_access_reports_log_index ON subject_access_reports (log_index);

      -- A row that is being made of a body at this very moment goes when the entry of the erasure is reached, before anybody reads it.
      CREATE FUNCTION drop_erased_from_search() RETURNS trigger
      LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
      BEGIN
        DELETE FROM disclosures USING erased JOIN log_entries entry USING (log_index)
        WHERE disclosures.exchange_id = entry.exchange_id;
        DELETE FROM subject_access_reports report USING erased WHERE report.log_index = erased.log_index;
        RETURN NULL;
      END $$;
      REVOKE ALL ON FUNCTION drop_erased_from_search() FROM PUBLIC;
      CREATE TRIGGER log_bodies_erased AFTER DELETE ON log_bodies REFERENCING OLD TABLE AS erased
        FOR EACH STATEMENT EXECUTE FUNCTION drop_erased_from_search();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER log_bodies_erased ON log_bodies;
      DROP FUNCTION drop_erased_from_search();
      DROP INDEX subject_access_reports_log_index;
      DELETE FROM disclosures WHERE log_index NOT IN (SELECT log_index FROM log_bodies);
      DELETE FROM subject_access_reports WHERE log_index NOT IN (SELECT log_index FROM log_bodies);
      ALTER TABLE disclosures ADD FOREIGN KEY (log_index) REFERENCES log_bodies ON DELETE CASCADE;
      ALTER TABLE subject_access_reports ADD FOREIGN KEY (log_index) REFERENCES log_bodies ON DELETE CASCADE;
    `);
  }
}
