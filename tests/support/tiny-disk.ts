import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of its own, of a few megabytes, that belongs to the user whom PostgreSQL runs as. */
export interface TinyDisk {
  readonly folder: string;
  /** Takes every byte that is left. */
  fill(): Promise<void>;
  /** Gives back what {@link fill} took. */
  makeRoom(): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts a disk in memory. Root alone may, and not in every container: `undefined` where it may not. */
export async function mountTinyDisk(megabytes: number): Promise<TinyDisk | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-disk-'));
  const ballast = path.join(folder, 'ballast');
  const { stdout } = await run('id', ['-u', 'nobody']);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,uid=${stdout.trim()},mode=0700`, 'tmpfs', folder]);
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    async fill() {
      for (let bytes = 1_048_576; bytes >= 1; bytes = bytes / 2) {
        for (let full = false; !full;) {
          await appendFile(ballast, Buffer.alloc(bytes)).catch((error: NodeJS.ErrnoException) => {
            if (error.code !== 'ENOSPC') throw error;
            full = true;
          });
        }
      }
    },
    makeRoom: () => rm(ballast, { force: true }),
    async unmount() {
      await run('umount', [folder]);
      await rm(folder, { recursive: true });
    },
  };
}
