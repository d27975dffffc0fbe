import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { BUNDLE_FILES, BUNDLE_FORMAT, type BundleManifest } from './log-in-bundle.js';
import { logInDatabase } from './log-in-database.js';
import type { StoredEntry, StoredNote } from './log-source.js';
import type { Query } from '../tree-state.js';
import type { Progress } from './verify-log.js';

/** The folder that a bundle was to be written to has something in it. */
export class BundleFolderNotEmpty extends Error {
  override readonly name = 'BundleFolderNotEmpty';
}

/**
 * Writes the whole log into a folder, readable by its owner alone: entries, checkpoints and archived facts, as they stand
 * in the database; as of one instant if `query` runs in a repeatable-read transaction. Verifies nothing.
 *
 * @throws BundleFolderNotEmpty; Error of the file system. What was written until then has no `bundle.json`.
 */
export async function exportLog(query: Query, folder: string, progress?: Progress): Promise<BundleManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new BundleFolderNotEmpty('the folder is not empty');
  const source = logInDatabase(query);
  const size = progress ? await source.size() : 0;
  const facts = new LineFile(path.join(folder, BUNDLE_FILES.facts));
  for await (const page of source.facts()) await facts.write(page);
  await facts.end();
  const entries = new LineFile(path.join(folder, BUNDLE_FILES.entries));
  const checkpoints = new LineFile(path.join(folder, BUNDLE_FILES.checkpoints));
  for await (const page of source.pages()) {
    await entries.write(page.entries.map(entryLine));
    await checkpoints.write(page.checkpoints.map(checkpointLine));
    await progress?.(entries.lines, size);
  }
  await entries.end();
  await checkpoints.end();
  const manifest = { format: BUNDLE_FORMAT, entries: entries.lines, checkpoints: checkpoints.lines } as const;
  await writeFile(path.join(folder, BUNDLE_FILES.manifest), `${JSON.stringify(manifest)}\n`, { mode: 0o600 });
  return manifest;
}

const entryLine = ({ leafHash, claims, detail, salt, recordedAt, ...columns }: StoredEntry): object => ({
  ...columns,
  recordedAt: new Date(recordedAt).toISOString(),
  leafHash: leafHash.toString('base64'),
  body: salt && { claims, detail, salt: salt.toString('base64') },
});

const checkpointLine = ({ root, signedAt, ...checkpoint }: StoredNote): object => ({
  ...checkpoint,
  signedAt: new Date(signedAt).toISOString(),
  root: root.toString('base64'),
});

/** A file of JSON texts, one a line. Writes no faster than the disk takes it. */
class LineFile {
  lines = 0;
  private readonly stream;

  constructor(file: string) {
    this.stream = createWriteStream(file, { mode: 0o600, flags: 'wx' });
    this.stream.on('error', () => undefined);
  }

  async write(values: readonly object[]): Promise<void> {
    if (values.length === 0) return;
    this.lines += values.length;
    const room = this.stream.write(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    if (this.stream.errored) throw this.stream.errored;
    if (!room) await once(this.stream, 'drain');
  }

  async end(): Promise<void> {
    this.stream.end();
    await finished(this.stream);
  }
}
