import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { verifyExport, type LogKeys } from '../../sdk/index.js';
import { StartUpError } from '../config/index.js';

/**
 * Says in words whether a file of evidence holds. Needs nothing but the file and the keys.
 * @throws StartUpError naming every finding when it does not
 */
export async function verifyExportFile(file: string, keysFile: string): Promise<void> {
  const keys = await readKeys(keysFile);
  // A file that is not there is said to be so before it is read.
  await stat(file);
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  const { heading, lines: read, opened, withheld, erased, findings } = await verifyExport(lines, keys);
  if (heading) {
    console.log(
      `Entries of ${heading.agency} from ${heading.from} until before ${heading.to}, in a log of ${heading.treeSize} entries.`,
    );
    console.log(
      `${read} lines: ${opened} are in the log word for word, ${withheld} without staff ids of another agency, ${erased} were erased.`,
    );
  }
  if (findings.length > 0) {
    throw new StartUpError(['The export does NOT verify:', ...findings.map((one) => `  ${one}`)].join('\n'));
  }
  console.log('The export verifies: every line is in the log that its checkpoint signs, and none is missing.');
}

async function readKeys(file: string): Promise<LogKeys> {
  const text = await readFile(file, 'utf8');
  try {
    const keys = JSON.parse(text) as Partial<LogKeys> | null;
    if (typeof keys?.checkpoint === 'string' && Array.isArray(keys.receipts)) return keys as LogKeys;
  } catch {
    // Said below.
  }
  throw new StartUpError(`${file} is not what GET /v1/log/keys gives.`);
}
