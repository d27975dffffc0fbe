import { request } from 'undici';
import { connectionFault } from './connection-fault.js';
import { SupplierFault } from './connector.js';
import { readBytes } from './read-bytes.js';

/** What a server said. */
export interface PostAnswer {
  readonly status: number;
  /** Media type, without parameters, in lower case; empty when it named none. */
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Post {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array | string;
  /** For the whole answer, milliseconds. */
  readonly deadlineMs: number;
  /** Longest answer, bytes. */
  readonly limit: number;
  /** Gives up early. */
  readonly signal: AbortSignal;
}

/**
 * Posts bytes to an address from the settings, and gives the answer, whatever its status. Redirects are not followed.
 * @throws SupplierFault `timed-out`, `too-large`, `unavailable` or `abandoned`
 */
export async function postBytes({ url, contentType, body, deadlineMs, limit, signal }: Post): Promise<PostAnswer> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
      signal: AbortSignal.any([deadline, signal]),
    });
    const type = String(answer.headers['content-type'] ?? '').split(';')[0]!;
    return {
      status: answer.statusCode,
      contentType: type.trim().toLowerCase(),
      body: await readBytes(answer, limit),
    };
  } catch (error) {
    if (deadline.aborted) throw new SupplierFault('timed-out', 'no answer within the deadline');
    if (signal.aborted) throw new SupplierFault('abandoned', 'the gateway is stopping');
    throw connectionFault(error);
  }
}
