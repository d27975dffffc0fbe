import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { readSettings, StartUpError, type Settings } from '../config/index.js';
import { MIGRATIONS, startEmbeddedPostgres } from '../database/index.js';

/** Where the embedded database keeps its files. */
export const embeddedFolder = (settings: Settings): string => path.join(settings.varFolder, 'postgres');

/** Where a running sandbox says how to reach its database. Holds a password: readable by its owner only. */
export const sandboxNote = (settings: Settings): string => path.join(settings.varFolder, 'sandbox', 'database-url');

/** A database to run a command on. */
export interface CommandDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The gateway's database, with the application's role: `DATABASE_URL`; else the one of the sandbox that is running; else
 * the embedded one, started for this command.
 * @throws StartUpError when there is none yet
 */
export async function openCommandDatabase(): Promise<CommandDatabase> {
  const settings = readSettings(process.env);
  if (settings.databaseUrl !== undefined) return { url: settings.databaseUrl, close: async () => undefined };
  const note = sandboxNote(settings);
  if (!existsSync(note)) throw new StartUpError('There is no database yet: set DATABASE_URL, or run "npm start" once.');
  const url = (await readFile(note, 'utf8')).trim();
  if (await answers(url)) return { url, close: async () => undefined };
  const postgres = await startEmbeddedPostgres({ folder: embeddedFolder(settings) });
  const moved = new URL(url);
  moved.port = String(postgres.port);
  return { url: moved.href, close: () => postgres.stop() };
}

/** A connection of its own for one command; destroying it closes what was started for it. */
export async function connectForCommand(): Promise<DataSource> {
  const database = await openCommandDatabase();
  const dataSource = new DataSource({ type: 'postgres', url: database.url, migrations: MIGRATIONS, poolSize: 4 });
  try {
    await dataSource.initialize();
  } catch (error) {
    await database.close();
    throw new StartUpError('The database does not answer: is DATABASE_URL right, and is it running?', { cause: error });
  }
  const destroy = dataSource.destroy.bind(dataSource);
  dataSource.destroy = async () => {
    await destroy();
    await database.close();
  };
  return dataSource;
}

async function answers(url: string): Promise<boolean> {
  const probe = new DataSource({ type: 'postgres', url, connectTimeoutMS: 2_000 });
  try {
    await probe.initialize();
    await probe.destroy();
    return true;
  } catch {
    return false;
  }
}
