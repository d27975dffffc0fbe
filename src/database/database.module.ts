import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type MixedList } from 'typeorm';
import { StartUpError } from '../config/index.js';
import { describeDatabaseError, MIGRATIONS, refuseRoleThatCanRewriteTheLog } from './prepare-database.js';

/** Most connections of one replica, beside the log's own. */
const POOL_SIZE = 16;
/** Longest wait for a connection or an answer, milliseconds. */
const DEADLINE_MS = 3_000;

/** The gateway's database, with the application's role. Migrations are run by the owner, never from here. */
@Global()
@Module({})
export class DatabaseModule {
  static connect(url: string, entities: MixedList<Function>): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            type: 'postgres',
            url,
            entities: entities as Function[],
            migrations: MIGRATIONS,
            poolSize: POOL_SIZE,
            logging: false,
            retryAttempts: 0,
            extra: { connectionTimeoutMillis: DEADLINE_MS, query_timeout: DEADLINE_MS, application_name: 'gatehouse' },
          }),
          dataSourceFactory: async (options) => await connect(new DataSource(options!)),
        }),
      ],
    };
  }
}

async function connect(dataSource: DataSource): Promise<DataSource> {
  try {
    await dataSource.initialize();
    const current = await dataSource.query(
      'SELECT to_regclass($1) IS NOT NULL AND (SELECT count(*) FROM migrations) >= $2 AS current',
      ['public.migrations', MIGRATIONS.length],
    );
    if (!(current as { current: boolean }[])[0]?.current) throw new NotPrepared();
    await refuseRoleThatCanRewriteTheLog(dataSource);
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    if (error instanceof StartUpError) throw error;
    // 42P01: there is no table of migrations yet.
    if (error instanceof NotPrepared || (error as { code?: string }).code === '42P01') {
      throw new StartUpError('The database is not prepared for this version: run "gatehouse database prepare" first.');
    }
    throw new StartUpError(`The database cannot be used: ${describeDatabaseError(error)}.`);
  }
}

class NotPrepared extends Error {}
