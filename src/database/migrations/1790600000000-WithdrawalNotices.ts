import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who holds data on which permission, so that recipients can be told when it is withdrawn; and which notices they took note of. */
export class WithdrawalNotices1790600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Added in the transaction that records the disclosure, while the permission is held to be one that stands.
      CREATE TABLE permission_uses (
        permission uuid NOT NULL,
        exchange_id uuid NOT NULL,
        recipient text NOT NULL,
        supplier text NOT NULL,
        data_service text NOT NULL,
        disclosed_at timestamptz NOT NULL,
        PRIMARY KEY (recipient, permission, exchange_id, data_service)
      );
      CREATE TABLE withdrawal_acknowledgements (
        recipient text NOT NULL,
        notice uuid NOT NULL,
        acknowledged_at timestamptz NOT NULL,
        PRIMARY KEY (recipient, notice)
      );
      -- The words that end a permission, and the way back from them to what they ended.
      CREATE INDEX permissions_ended ON permissions USING gin (recipients)
        WHERE withdrawn_at IS NOT NULL OR answer = 'refused';
      CREATE INDEX permissions_superseded_by ON permissions (superseded_by) WHERE superseded_by IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // Without the table nobody could be told of what they still hold.
    await queryRunner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM permission_uses) THEN
          RAISE EXCEPTION 'recipients hold data on permissions whose withdrawal they are to be told of';
        END IF;
      END $$;
      DROP INDEX permissions_ended, permissions_superseded_by;
      DROP TABLE permission_uses, withdrawal_acknowledgements;
    `);
  }
}
