import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many permits of each budget were used, in the last hour and on the last day in which any was. */
export class BudgetUses1790400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- One row for each budget and system: changed under the lock row of the log, in the transaction that records the permit.
      CREATE TABLE budget_uses (
        agreement text NOT NULL,
        leg text NOT NULL,
        system text NOT NULL,
        period text NOT NULL CHECK (period IN ('hour', 'day')),
        began_at timestamptz NOT NULL,
        used bigint NOT NULL CHECK (used > 0),
        PRIMARY KEY (agreement, leg, system, period)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE budget_uses');
  }
}
