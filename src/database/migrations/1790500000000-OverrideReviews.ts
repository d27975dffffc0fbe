import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reviews of disclosures by an override, and what the agencies found. */
export class OverrideReviews1790500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Rows are added, and nothing is ever changed: whether a review is answered follows from its answers.
      CREATE TABLE override_reviews (
        id uuid PRIMARY KEY,
        exchange_id uuid NOT NULL UNIQUE,
        requester_agency text NOT NULL,
        supplier_agency text NOT NULL,
        opened_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL
      );
      CREATE INDEX override_reviews_requester_agency ON override_reviews (requester_agency, id);
      CREATE INDEX override_reviews_supplier_agency ON override_reviews (supplier_agency, id);
      CREATE TABLE override_review_answers (
        review_id uuid NOT NULL REFERENCES override_reviews,
        agency text NOT NULL,
        -- An agency asks for more information at most once, and concludes at most once.
        concludes boolean NOT NULL,
        outcome text NOT NULL CHECK (concludes = (outcome <> 'more-information-needed')),
        measures text[] NOT NULL,
        answered_at timestamptz NOT NULL,
        PRIMARY KEY (review_id, agency, concludes)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE override_review_answers, override_reviews');
  }
}
