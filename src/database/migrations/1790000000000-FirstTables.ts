import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agencies, catalogue, agreements, permissions, access and the disclosure log. */
export class FirstTables1790000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- What "gatehouse apply" wrote. One revision for all of it.
      CREATE TABLE register_revision (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        revision bigint NOT NULL
      );
      INSERT INTO register_revision (revision) VALUES (0);
      CREATE TABLE agencies (id text PRIMARY KEY, document jsonb NOT NULL);
      CREATE TABLE systems (id text PRIMARY KEY, agency text NOT NULL REFERENCES agencies, document jsonb NOT NULL);
      CREATE TABLE data_services (id text PRIMARY KEY, agency text NOT NULL REFERENCES agencies, document jsonb NOT NULL);
      CREATE TABLE agreements (
        id text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        hash text NOT NULL,
        document jsonb NOT NULL,
        signatures jsonb NOT NULL,
        applied_at timestamptz NOT NULL,
        PRIMARY KEY (id, version)
      );

      -- Permissions stand against subject handles only.
      CREATE TABLE permissions (
        id uuid PRIMARY KEY,
        recorded_by text NOT NULL,
        recorded_by_system text NOT NULL,
        kind text NOT NULL,
        purpose text NOT NULL,
        recipients text[] NOT NULL,
        items text[] NOT NULL,
        given_by text NOT NULL,
        capacity text NOT NULL,
        method text NOT NULL,
        wording_version text NOT NULL,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz NOT NULL,
        subject_handles text[] NOT NULL,
        recorded_at timestamptz NOT NULL,
        withdrawn_at timestamptz
      );
      CREATE INDEX permissions_subject_handles ON permissions USING gin (subject_handles);
      CREATE TABLE idempotency_keys (
        system text NOT NULL,
        key_hash bytea NOT NULL,
        request_hash bytea NOT NULL,
        resource_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (system, key_hash)
      );

      -- Access: proofs and assertions already used, and the authorization server's own records.
      CREATE TABLE used_proofs (proof_hash bytea PRIMARY KEY, expires_at timestamptz NOT NULL);
      CREATE INDEX used_proofs_expires_at ON used_proofs (expires_at);
      CREATE TABLE authorization_records (
        kind text NOT NULL,
        id text NOT NULL,
        payload jsonb NOT NULL,
        consumed_at timestamptz,
        expires_at timestamptz,
        PRIMARY KEY (kind, id)
      );
      CREATE INDEX authorization_records_expires_at ON authorization_records (expires_at);

      -- What decided: kept so that any past decision can be made again.
      CREATE TABLE policy_versions (hash text PRIMARY KEY, content jsonb NOT NULL, first_used_at timestamptz NOT NULL);

      -- The facts of decisions, each kept once: few distinct ones occur, and nothing of a person is in them.
      CREATE TABLE decision_facts (hash text PRIMARY KEY, content text NOT NULL, first_used_at timestamptz NOT NULL);

      -- The disclosure log. Rows are added under the lock row, and nothing is ever changed.
      CREATE TABLE log_lock (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
      INSERT INTO log_lock DEFAULT VALUES;
      CREATE TABLE log_entries (
        log_index bigint PRIMARY KEY CHECK (log_index >= 0),
        kind text NOT NULL,
        exchange_id uuid,
        recorded_at timestamptz NOT NULL,
        requester_agency text,
        supplier_agency text,
        leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
      );
      CREATE INDEX log_entries_exchange_id ON log_entries (exchange_id);
      CREATE TABLE log_bodies (
        log_index bigint PRIMARY KEY REFERENCES log_entries,
        claims text NOT NULL,
        detail text NOT NULL,
        salt bytea NOT NULL CHECK (octet_length(salt) = 32)
      );
      -- Hashes of the complete subtrees: level 0 is the leaves' own hashes and stands in log_entries.
      CREATE TABLE log_nodes (
        level smallint NOT NULL CHECK (level > 0),
        node_index bigint NOT NULL,
        hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        PRIMARY KEY (level, node_index)
      );
      CREATE TABLE log_checkpoints (
        tree_size bigint PRIMARY KEY,
        root_hash bytea NOT NULL CHECK (octet_length(root_hash) = 32),
        note text NOT NULL,
        signed_at timestamptz NOT NULL
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('The disclosure log is never dropped: restore a backup instead.');
  }
}
