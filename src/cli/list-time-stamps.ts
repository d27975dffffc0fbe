import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { NoteKey, Query } from '../disclosure-log/index.js';
import { findTimeStampFault, storedTimeStamps, type TimeStampingAuthority } from '../time-stamps/index.js';

/**
 * Lists the stored time-stamps, each verified, one line each.
 * @param folder takes each as two files, for `openssl ts -verify -token_in -in <name>.tst -data <name>.txt -CAfile ...`
 */
export async function listTimeStamps(
  query: Query,
  key: NoteKey,
  authorities: readonly TimeStampingAuthority[],
  folder?: string,
): Promise<{ lines: string[]; faults: number }> {
  const lines: string[] = [];
  let faults = 0;
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  for (const stamp of await storedTimeStamps(query)) {
    const fault = await findTimeStampFault(stamp, key, authorities);
    if (fault !== undefined) faults += 1;
    const { stampedAt, size, authority, note, token } = stamp;
    lines.push(`${stampedAt.toISOString()}  ${size} entries  ${authority}  ${fault ?? 'verified'}`);
    if (folder === undefined) continue;
    const name = path.join(folder, `${size}-${authority}`);
    await writeFile(`${name}.txt`, note);
    await writeFile(`${name}.tst`, token);
  }
  return { lines, faults };
}
