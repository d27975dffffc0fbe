import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Cosigned } from './add-checkpoint.js';
import type { NewlyCosigned, WitnessMemory } from './witness.js';

/** The memory of a witness that runs alone: a file for each log, in a folder that MUST be one process's own. */
export class MemoryInFolder implements WitnessMemory {
  /** One change after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {}

  /** @throws Error when what is kept of the log is not what was written: forgetting it would let the log fork */
  async latest(origin: string): Promise<Cosigned | undefined> {
    const text = await readFile(this.fileOf(origin), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : readKept(text, origin);
  }

  async moveOn(origin: string, from: Cosigned | undefined, to: NewlyCosigned): Promise<boolean> {
    const moved = this.turn.then(async () => {
      const latest = await this.latest(origin);
      const unchanged = from && latest ? from.size === latest.size && from.root.equals(latest.root) : from === latest;
      if (unchanged) await this.keep(origin, to);
      return unchanged;
    });
    this.turn = moved.catch(() => undefined);
    return await moved;
  }

  /** A crash at any point leaves the old file or the new one. */
  private async keep(origin: string, { size, root, note, at }: NewlyCosigned): Promise<void> {
    const file = this.fileOf(origin);
    const kept = { origin, size, root: root.toString('base64'), cosignedAt: at.toISOString(), note };
    await writeDurably(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`);
    await rename(`${file}.new`, file);
    await syncFolder(this.folder);
  }

  private fileOf(origin: string): string {
    return path.join(this.folder, `${createHash('sha256').update(origin).digest('hex')}.json`);
  }
}

function readKept(text: string, origin: string): Cosigned {
  const kept = JSON.parse(text) as { origin?: unknown; size?: unknown; root?: unknown };
  const root = Buffer.from(String(kept.root), 'base64');
  if (kept.origin !== origin || !Number.isSafeInteger(kept.size) || root.length !== 32) {
    throw new Error('what the witness remembers is damaged');
  }
  return { size: kept.size as number, root };
}

/** Writes a file whole and waits until it is on disk. @param flag `wx` refuses to overwrite one */
export async function writeDurably(file: string, text: string, flag: 'w' | 'wx' = 'w'): Promise<void> {
  const handle = await open(file, flag, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the names in a folder are on disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
