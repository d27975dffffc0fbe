import type { Dispatcher } from 'undici';
import type { LoadRequest } from './requests.js';

/** What an answer must be. */
export interface Expected {
  readonly status: number;
  /** Must stand in the body. */
  readonly text: string;
}

/** Sends one request and checks its answer in full. @throws Error when the answer is not the expected one */
export async function exchange(line: Dispatcher, request: LoadRequest, expected: Expected): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let status = 0;
  line.dispatch(
    { method: request.method, path: request.path, headers: request.headers, body: request.body ?? null },
    {
      // Without it undici takes the handler for one of the older kind.
      onRequestStart: () => undefined,
      onResponseStart: (_, statusCode) => {
        status = statusCode;
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        if (status === expected.status && body?.includes(expected.text)) resolve();
        else reject(new Error(`an answer was not the expected one: ${status} ${body?.toString().slice(0, 500)}`));
      },
      onResponseError: (_, error) => reject(error),
    },
  );
  await promise;
}
