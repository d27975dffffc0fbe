import { createServer, connect, type Socket } from 'node:net';

/** The line between a gateway and its PostgreSQL, which a test can cut. */
export interface DatabaseLine {
  /** URL of a database of the server, through the line. */
  leadingTo(url: string): string;
  /** Cuts the line just before a message with this text reaches the server; once. */
  cutBefore: string;
  /** Cuts it just after such a message has reached the server, so that the answer is lost; once. */
  cutAfter: string;
  /** After such a cut everything stays cut, until `mend`. */
  stayCut: boolean;
  /** Where a test puts a list here, what is sent to the server is added to it, piece by piece. */
  sent: string[] | undefined;
  /** Cuts everything, and refuses new connections until `mend`. */
  cut(): void;
  /** Lets nothing through any more without hanging up, as a network does that loses packets, until `mend`. */
  freeze(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param server any URL of it */
export async function openDatabaseLine(server = process.env['TEST_POSTGRES_URL'] ?? ''): Promise<DatabaseLine> {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let down = false;
  let frozen = false;
  const listener = createServer((client) => {
    if (down) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    sockets.add(client).add(upstream);
    if (frozen) client.pause();
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (line.cutBefore && text.includes(line.cutBefore)) {
        line.cutBefore = '';
        if (line.stayCut) line.cut();
        upstream.destroy();
        client.destroy();
        return;
      }
      upstream.write(bytes);
      line.sent?.push(text);
      if (line.cutAfter && text.includes(line.cutAfter)) {
        line.cutAfter = '';
        client.destroy();
        // What was sent is let through first, as below.
        if (line.stayCut) down = true;
      }
    });
    upstream.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        // What was sent is let through first, so that a cut after COMMIT is one after COMMIT.
        setTimeout(() => other.destroy(), 100);
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const line: DatabaseLine = {
    leadingTo(url) {
      const through = new URL(url);
      through.port = String(typeof address === 'object' && address ? address.port : 0);
      return through.href;
    },
    cutBefore: '',
    cutAfter: '',
    stayCut: false,
    sent: undefined,
    cut() {
      down = true;
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    mend() {
      down = false;
      frozen = false;
      line.stayCut = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      down = true;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return line;
}
