import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands where a load balancer would: one public address in front of several replicas, asked in turn. */
export interface FrontDoor {
  /** The public URL, known before any replica runs. */
  readonly url: string;
  /** Base URLs of the replicas. */
  readonly replicas: string[];
  close(): Promise<void>;
}

export async function openFrontDoor(): Promise<FrontDoor> {
  const replicas: string[] = [];
  let turn = 0;
  const server: Server = createServer((received, answer) => {
    const replica = replicas[turn++ % replicas.length];
    // As a proxy does: the replica sees its own address in `Host`.
    const { host: _, ...headers } = received.headers;
    const options = { method: received.method, headers };
    const forwarded = send(`${replica}${received.url}`, options, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    received.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    replicas,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
