import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Information governance officers, who call as systems do. */
export class Officers1790200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE TABLE officers (id text PRIMARY KEY, agency text NOT NULL REFERENCES agencies, document jsonb NOT NULL)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE officers');
  }
}
