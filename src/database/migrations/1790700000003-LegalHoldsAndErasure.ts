import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Legal holds, orders to erase, and the one way in which the body of an entry can go. */
export class LegalHoldsAndErasure1790700000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Exactly one of exchanges, agreement and handles says what is held.
      CREATE TABLE legal_holds (
        id uuid PRIMARY KEY,
        agency text NOT NULL,
        placed_by text NOT NULL,
        reason text NOT NULL,
        reference text NOT NULL,
        exchange_ids uuid[],
        agreement text,
        subject_handles text[],
        placed_at timestamptz NOT NULL,
        lifted_at timestamptz,
        lifted_by text,
        CHECK (num_nonnulls(exchange_ids, agreement, subject_handles) = 1),
        CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
      );
      CREATE INDEX legal_holds_agency ON legal_holds (agency, id);

      -- An order is carried out when an officer of the other party has confirmed it.
      CREATE TABLE erasure_orders (
        id uuid PRIMARY KEY,
        agency text NOT NULL,
        ordered_by text NOT NULL,
        ground text NOT NULL,
        exchange_ids uuid[] NOT NULL CHECK (cardinality(exchange_ids) > 0),
        -- The agency that confirms it: the other party, or the same where there is no other.
        confirming_agency text NOT NULL,
        ordered_at timestamptz NOT NULL,
        confirmed_at timestamptz,
        confirmed_by text,
        CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
        CHECK (confirmed_by <> ordered_by)
      );
      CREATE INDEX erasure_orders_agency ON erasure_orders (agency, id);
      CREATE INDEX erasure_orders_confirming_agency ON erasure_orders (confirming_agency, id);

      -- Which of these entries a legal hold keeps: by their exchange, or by what a body of it says.
      CREATE FUNCTION held_log_bodies(indexes bigint[]) RETURNS SETOF bigint
      LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT entry.log_index FROM log_entries entry
        WHERE entry.log_index = ANY (indexes) AND EXISTS (
          SELECT FROM legal_holds hold WHERE hold.lifted_at IS NULL AND (
            entry.exchange_id = ANY (hold.exchange_ids)
            OR hold.exchange_ids IS NULL AND EXISTS (
              SELECT FROM (
                SELECT entry.log_index
                UNION SELECT log_index FROM log_entries WHERE exchange_id = entry.exchange_id
              ) AS related JOIN log_entries USING (log_index) JOIN log_bodies USING (log_index)
              WHERE claims::jsonb #>> '{agreement,id}' = hold.agreement
                  AND hold.agency IN (requester_agency, supplier_agency)
                OR EXISTS (
                  SELECT FROM jsonb_path_query(detail::jsonb, '$.**') AS held
                  WHERE jsonb_typeof(held) = 'string' AND held #>> '{}' = ANY (hold.subject_handles)))))
      $$;

      -- Deletes the bodies that an entry of this very transaction says are erased, and what other tables kept of the same
      -- persons. Whatever is not as the entry says undoes the transaction. Runs with the rights of the tables' owner.
      CREATE FUNCTION erase_log_bodies(erasure bigint) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
      DECLARE
        own_transaction xid := pg_current_xact_id()::xid;
        said jsonb;
        indexes bigint[];
        gone_permissions uuid[];
        gone_statements uuid[];
        gone_holds uuid[];
        exchanges uuid[];
        deleted bigint;
      BEGIN
        SELECT claims::jsonb INTO said
        FROM log_entries entry JOIN log_bodies body USING (log_index)
        JOIN log_checkpoints checkpoint ON checkpoint.tree_size = entry.log_index + 1
        WHERE entry.log_index = erasure AND entry.kind = 'bodies-erased' AND claims::jsonb ->> 'kind' = 'bodies-erased'
          AND entry.xmin = own_transaction AND body.xmin = own_transaction AND checkpoint.xmin = own_transaction;
        IF said IS NULL THEN
          RAISE EXCEPTION 'no entry of this transaction says what is erased';
        END IF;
        IF NOT coalesce((
          SELECT bool_and((pair ->> 0)::bigint <= (pair ->> 1)::bigint)
            AND sum((pair ->> 1)::bigint - (pair ->> 0)::bigint + 1) <= 10000
          FROM jsonb_array_elements(said -> 'erased') AS pair), false) THEN
          RAISE EXCEPTION 'an entry says of 1 to 10000 bodies that they are erased';
        END IF;
        SELECT array_agg(log_index) INTO indexes
        FROM jsonb_array_elements(said -> 'erased') AS pair,
          generate_series((pair ->> 0)::bigint, (pair ->> 1)::bigint) AS log_index;
        IF EXISTS (SELECT FROM held_log_bodies(indexes)) THEN
          RAISE EXCEPTION 'an entry is under a legal hold';
        END IF;
        IF EXISTS (SELECT FROM log_entries WHERE log_index = ANY (indexes)
            AND (kind IN ('bodies-erased', 'definitions-applied') OR kind LIKE 'agreement-%')) THEN
          RAISE EXCEPTION 'an entry of a kind that is never erased';
        END IF;

        SELECT coalesce(array_agg((claims::jsonb ->> 'permission')::uuid) FILTER (WHERE kind LIKE 'permission-%'), '{}'),
          coalesce(array_agg((claims::jsonb ->> 'statement')::uuid) FILTER (WHERE kind LIKE 'statement-%'), '{}'),
          coalesce(array_agg((claims::jsonb ->> 'hold')::uuid) FILTER (WHERE kind LIKE 'legal-hold-%'), '{}'),
          coalesce(array_agg(exchange_id) FILTER (WHERE kind IN ('decision', 'outcome', 'decision-not-to-share')), '{}')
        INTO gone_permissions, gone_statements, gone_holds, exchanges
        FROM log_entries JOIN log_bodies USING (log_index) WHERE log_index = ANY (indexes);
        IF EXISTS (SELECT FROM permissions WHERE id = ANY (gone_permissions) AND withdrawn_at IS NULL
              AND superseded_by IS NULL AND (valid_until IS NULL OR valid_until > (said ->> 'at')::timestamptz))
          OR EXISTS (SELECT FROM sharing_statements WHERE id = ANY (gone_statements) AND lifted_at IS NULL
              AND (valid_until IS NULL OR valid_until > (said ->> 'at')::timestamptz))
          OR EXISTS (SELECT FROM legal_holds WHERE id = ANY (gone_holds) AND lifted_at IS NULL) THEN
          RAISE EXCEPTION 'what an entry recorded still stands';
        END IF;

        DELETE FROM log_bodies WHERE log_index = ANY (indexes);
        GET DIAGNOSTICS deleted = ROW_COUNT;
        IF deleted <> cardinality(indexes) THEN
          RAISE EXCEPTION 'a body that is to be erased is not there';
        END IF;

        UPDATE permissions SET subject_handles = '{}', asked_by = NULL, capacity_statement = NULL
        WHERE id = ANY (gone_permissions);
        UPDATE sharing_statements SET subject_handles = '{}', decision = NULL WHERE id = ANY (gone_statements);
        UPDATE legal_holds SET subject_handles = '{}' WHERE id = ANY (gone_holds) AND subject_handles IS NOT NULL;
        -- Of an exchange the rest goes with the last of its bodies.
        SELECT coalesce(array_agg(exchange), '{}') INTO exchanges FROM unnest(exchanges) AS exchange
        WHERE NOT EXISTS (
          SELECT FROM log_entries JOIN log_bodies USING (log_index)
          WHERE exchange_id = exchange AND kind IN ('decision', 'outcome', 'decision-not-to-share'));
        DELETE FROM permission_uses WHERE exchange_id = ANY (exchanges);
        DELETE FROM override_review_answers USING override_reviews
        WHERE review_id = override_reviews.id AND override_reviews.exchange_id = ANY (exchanges);
        DELETE FROM override_reviews WHERE exchange_id = ANY (exchanges);
        DELETE FROM idempotency_keys WHERE resource_id = ANY (gone_permissions || gone_statements || exchanges);
      END $$;
      REVOKE ALL ON FUNCTION held_log_bodies(bigint[]), erase_log_bodies(bigint) FROM PUBLIC;
      CREATE INDEX idempotency_keys_resource_id ON idempotency_keys (resource_id);
      CREATE INDEX permission_uses_exchange_id ON permission_uses (exchange_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // Without the table what is held would be erased.
    await queryRunner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM legal_holds WHERE lifted_at IS NULL) THEN
          RAISE EXCEPTION 'legal holds stand';
        END IF;
      END $$;
      DROP FUNCTION erase_log_bodies(bigint);
      DROP FUNCTION held_log_bodies(bigint[]);
      DROP INDEX idempotency_keys_resource_id, permission_uses_exchange_id;
      DROP TABLE legal_holds, erasure_orders;
    `);
  }
}
