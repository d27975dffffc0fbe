import type { FastifyReply } from 'fastify';

/** Aborts when the requester's connection closes before it was answered: nobody is left to disclose to. */
export function requesterGone({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableEnded) gone.abort();
  });
  return gone.signal;
}
