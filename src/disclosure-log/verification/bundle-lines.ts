import { createReadStream } from 'node:fs';

/** Bytes read at a time. */
const CHUNK = 1 << 20;
/** Longest line, bytes: no entry comes near it. */
const LONGEST = 16 << 20;

/** The JSON texts of a file, one a line, many at a time. @throws Error of the file system; Error for a line beyond 16 MiB */
export async function* linesOf(file: string): AsyncGenerator<string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = bytes.lastIndexOf(0x0a) + 1;
    rest = bytes.subarray(end);
    if (rest.length > LONGEST) throw new Error(`A line of ${file} is longer than ${LONGEST} bytes.`);
    if (end > 0) yield bytes.toString('utf8', 0, end - 1).split('\n');
  }
  // Every line ends with a line feed; one that does not was cut off, and is given as it stands.
  if (rest.length > 0) yield [rest.toString('utf8')];
}
