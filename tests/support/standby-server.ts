import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/database/index.js';
import { runAsOwner } from './database.js';
import { until } from './until.js';

/** A PostgreSQL of a test's own, until it stops: it can be made to wait for a standby that is not there. */
export interface StandbyServer {
  /** URL of the superuser. */
  readonly url: string;
  /** From here no commit is confirmed. */
  requireStandby(): Promise<void>;
  /** Confirms what waits, and commits at once again. */
  dropStandby(): Promise<void>;
  /** Sessions of the application that wait for the standby. */
  waiting(application: 'gatehouse' | 'gatehouse-log'): Promise<number[]>;
  /** Cancels their wait, as an operator would: PostgreSQL then reports success with a warning. */
  cancelWaits(application: 'gatehouse' | 'gatehouse-log'): Promise<number>;
  stop(): Promise<void>;
}

export async function startStandbyServer(): Promise<StandbyServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-standby-'));
  const postgres = await startEmbeddedPostgres({ folder });
  const url = postgres.url();
  const ofTheRun = process.env['TEST_POSTGRES_URL'];
  process.env['TEST_POSTGRES_URL'] = url;
  const set = async (statement: string): Promise<void> => {
    await runAsOwner(url, statement);
    await runAsOwner(url, 'SELECT pg_reload_conf()');
  };
  const WAITING = `FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = $1`;
  const cancelWaits = async (application: string): Promise<number> =>
    (await runAsOwner(url, `SELECT pg_cancel_backend(pid) ${WAITING}`, [application])).length;
  return {
    url,
    async requireStandby() {
      await set(`ALTER SYSTEM SET synchronous_standby_names = 'ghost'`);
      // The server takes note in its own time. From the first commit that waits, every one does.
      for (let waited = false; !waited;) {
        let ended = false;
        const commit = `SELECT pg_logical_emit_message(true, 'probe', '')`;
        const committing = runAsOwner(`${url}?application_name=probe`, commit).finally(() => (ended = true));
        await until(async () => {
          waited ||= (await cancelWaits('probe')) > 0;
          return ended;
        });
        await committing;
      }
    },
    dropStandby: () => set('ALTER SYSTEM RESET synchronous_standby_names'),
    async waiting(application) {
      return (await runAsOwner<{ pid: number }>(url, `SELECT pid ${WAITING}`, [application])).map(({ pid }) => pid);
    },
    cancelWaits,
    async stop() {
      process.env['TEST_POSTGRES_URL'] = ofTheRun;
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
