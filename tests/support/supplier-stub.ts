import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request as a supplier saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (seen: SeenRequest, response: http.ServerResponse, index: number) => void;

/** A supplier's server on 127.0.0.1 and a port of its own, which keeps every request it sees. */
export interface SupplierStub {
  readonly origin: string;
  readonly seen: SeenRequest[];
  /** How many connections were opened to it. */
  connections: number;
  answer: Answer;
  close(): Promise<void>;
}

export async function startSupplier(answer: Answer, tls?: https.ServerOptions): Promise<SupplierStub> {
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      stub.answer(seen, response, stub.seen.push(seen) - 1);
    });
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stub: SupplierStub = {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen: [],
    connections: 0,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  server.on('connection', () => stub.connections++);
  return stub;
}

/** Answers with JSON. */
export function json(value: unknown, status = 200, type = 'application/json'): Answer {
  return (_seen, response) => {
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
  };
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: http.OutgoingHttpHeaders = {}): Answer {
  return (_seen, response) => {
    response.writeHead(code, headers).end();
  };
}
