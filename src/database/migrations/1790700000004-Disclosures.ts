import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What officers search: derived from the disclosure log, and made anew from it at any time. */
export class Disclosures1790700000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- One row for each exchange and each decision not to share whose entries all have their bodies.
      CREATE TABLE disclosures (
        exchange_id uuid PRIMARY KEY,
        log_index bigint NOT NULL REFERENCES log_bodies ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('exchange', 'decision-not-to-share')),
        decided_at timestamptz NOT NULL,
        requester_agency text,
        supplier_agency text,
        asked_by text,
        pattern text,
        data_service text,
        purpose text,
        outcome text NOT NULL,
        result text,
        reasons text[] NOT NULL,
        items text[] NOT NULL,
        released text[] NOT NULL,
        legal_bases text[] NOT NULL,
        override_reason text,
        staff_role text,
        staff_id text,
        agreement text,
        agreement_version integer,
        law_enforcement boolean NOT NULL,
        requester_handles text[] NOT NULL,
        supplier_handles text[] NOT NULL,
        -- Whatever is searched by, each as <what>:<value>.
        terms text[] NOT NULL
      );
      CREATE INDEX disclosures_requester ON disclosures (requester_agency, decided_at, log_index);
      CREATE INDEX disclosures_supplier ON disclosures (supplier_agency, decided_at, log_index) INCLUDE (requester_agency);
      -- A long list of pending entries would be read through at each search.
      CREATE INDEX disclosures_terms ON disclosures USING gin (terms) WITH (gin_pending_list_limit = 256);
      CREATE INDEX disclosures_requester_handles ON disclosures USING gin (requester_handles)
        WITH (gin_pending_list_limit = 256);
      CREATE INDEX disclosures_supplier_handles ON disclosures USING gin (supplier_handles)
        WITH (gin_pending_list_limit = 256);

      -- Reports made for persons, and what was left out of each. The reports themselves are not kept.
      CREATE TABLE subject_access_reports (
        id uuid PRIMARY KEY,
        log_index bigint NOT NULL REFERENCES log_bodies ON DELETE CASCADE,
        agency text NOT NULL,
        officer text NOT NULL,
        made_at timestamptz NOT NULL,
        disclosures integer NOT NULL,
        withheld_disclosures uuid[] NOT NULL,
        withheld_statements uuid[] NOT NULL
      );
      CREATE INDEX subject_access_reports_agency ON subject_access_reports (agency, log_index);

      -- The first entry of the log that is in none of them yet.
      CREATE TABLE disclosures_progress (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        next_index bigint NOT NULL
      );
      INSERT INTO disclosures_progress (next_index) VALUES (0);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE disclosures_progress, subject_access_reports, disclosures');
  }
}
