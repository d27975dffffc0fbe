import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Alerts for officers and operators, what they are found by, and how they are sent. */
export class Alerts1790700000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE alerts (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        -- Whose officers see it; null: whoever runs the gateway.
        agency text,
        -- What it is about, among the alerts of its kind and agency.
        about text NOT NULL CHECK (length(about) BETWEEN 1 AND 400),
        detail jsonb NOT NULL,
        raised_at timestamptz NOT NULL,
        status text NOT NULL CHECK (status IN ('new', 'under-investigation', 'closed')),
        investigated_by text,
        investigated_at timestamptz,
        closed_by text,
        closed_at timestamptz,
        outcome text,
        reference text CHECK (length(reference) <= 20),
        CHECK ((status = 'closed') = (closed_at IS NOT NULL) AND (status = 'closed') = (outcome IS NOT NULL))
      );
      CREATE UNIQUE INDEX alerts_open ON alerts (kind, coalesce(agency, ''), about) WHERE status <> 'closed';
      CREATE INDEX alerts_about ON alerts (kind, about);
      CREATE INDEX alerts_agency ON alerts (agency, id);

      -- An alert on its way to the address that its agency gave.
      CREATE TABLE alert_deliveries (
        alert uuid PRIMARY KEY REFERENCES alerts ON DELETE CASCADE,
        attempts integer NOT NULL,
        next_at timestamptz NOT NULL,
        delivered_at timestamptz,
        dead_at timestamptz
      );
      CREATE INDEX alert_deliveries_due ON alert_deliveries (next_at) WHERE delivered_at IS NULL AND dead_at IS NULL;

      -- Made from the log, and can be made again: look-ups by day of an agency, of a member of staff, about a person.
      CREATE TABLE alert_counts (
        agency text NOT NULL,
        scope text NOT NULL CHECK (scope IN ('agency', 'staff', 'handle')),
        about text NOT NULL,
        day date NOT NULL,
        lookups integer NOT NULL,
        refusals integer NOT NULL,
        first_index bigint NOT NULL,
        last_index bigint NOT NULL,
        PRIMARY KEY (agency, scope, about, day)
      );
      CREATE INDEX alert_counts_day ON alert_counts (day, scope);
      -- How far the log has been read, for what.
      CREATE TABLE alert_positions (name text PRIMARY KEY, log_index bigint NOT NULL);
      INSERT INTO alert_positions VALUES ('entries', -1), ('outcomes', -1);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE alert_deliveries, alerts, alert_counts, alert_positions');
  }
}
