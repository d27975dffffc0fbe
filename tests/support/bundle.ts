import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export type BundleFile = 'entries.jsonl' | 'checkpoints.jsonl' | 'facts.jsonl';

/** Changes the lines of a bundle's file, whole or one by one, as somebody with an editor would. */
export async function editLines(
  folder: string,
  file: BundleFile,
  edit: (lines: string[]) => readonly string[],
): Promise<void> {
  const name = path.join(folder, file);
  const lines = (await readFile(name, 'utf8')).split('\n').slice(0, -1);
  await writeFile(
    name,
    edit(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** Changes one line's JSON. */
export const editLine = (
  folder: string,
  file: BundleFile,
  place: number,
  // A test changes what it likes.
  edit: (value: any) => unknown,
): Promise<void> =>
  editLines(folder, file, (lines) =>
    lines.map((line, at) => (at === place ? JSON.stringify(edit(JSON.parse(line))) : line)),
  );
