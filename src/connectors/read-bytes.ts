import type { Dispatcher } from 'undici';
import { SupplierFault } from './connector.js';

type Response = Pick<Dispatcher.ResponseData, 'headers' | 'body'>;

/**
 * Reads a whole body of at most `limit` bytes. The connection is dropped as soon as it is known to be longer, by its
 * `Content-Length` before a byte of it is read.
 * @throws SupplierFault `too-large`; otherwise what the connection failed with
 */
export function readBytes({ headers, body }: Response, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let ended = false;
    const tooLarge = (): void => {
      body.destroy();
      reject(new SupplierFault('too-large', 'more bytes than this connector reads'));
    };
    body.on('error', reject);
    if (Number(headers['content-length'] ?? 0) > limit) {
      tooLarge();
      return;
    }
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) tooLarge();
      else chunks.push(chunk);
    });
    body.on('end', () => {
      ended = true;
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
    });
    body.on('close', () => {
      if (!ended) reject(new SupplierFault('unavailable', 'connection closed within the answer'));
    });
  });
}

/** Bytes of an unwanted body that are read so that its connection can be used again. */
const DISCARDED_BYTES = 16_384;

/** Lets go of a body that nobody wants. Its end, or its failure, is all that is waited for. */
export async function discardBody(response: Response): Promise<void> {
  await readBytes(response, DISCARDED_BYTES).catch(() => undefined);
}
