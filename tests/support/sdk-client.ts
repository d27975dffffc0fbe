import { readFile } from 'node:fs/promises';
import type { Sandbox } from '../../sandbox/start-sandbox.js';
import { GatehouseClient, type GatehouseOptions, type PrivateKey, type SendRequest } from '../../sdk/index.js';

export async function readClientKey(sandbox: Sandbox, clientId: string): Promise<PrivateKey> {
  const file = sandbox.clientKeys.get(clientId);
  if (file === undefined) throw new Error(`no system ${clientId}`);
  return JSON.parse(await readFile(file, 'utf8')) as PrivateKey;
}

/** The SDK as a system of the sandbox would use it. */
export async function clientOf(
  sandbox: Sandbox,
  clientId: string,
  options: Partial<GatehouseOptions> = {},
): Promise<GatehouseClient> {
  return new GatehouseClient({
    baseUrl: sandbox.url,
    clientId,
    privateKey: await readClientKey(sandbox, clientId),
    ...options,
  });
}

/** One request that a {@link Wire} saw. */
export interface Seen {
  readonly path: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
}

/** What a wire does with a request instead of carrying it. `undefined`: it carries it. */
export type Interference = (
  seen: Seen,
  carry: () => Promise<Response>,
) => Promise<Response | undefined> | Response | undefined;

/** Stands for the network between the SDK and a real gateway: sees every request, and may get in its way. */
export class Wire {
  readonly seen: Seen[] = [];
  interfere: Interference = () => undefined;

  readonly fetch: SendRequest = async (url, init) => {
    const seen = { path: new URL(url).pathname, headers: new Headers(init.headers), signal: init.signal ?? undefined };
    this.seen.push(seen);
    const carry = async (): Promise<Response> => await fetch(url, init);
    return (await this.interfere(seen, carry)) ?? (await carry());
  };

  /** The requests to one path, oldest first. */
  to(path: string): Seen[] {
    return this.seen.filter((one) => one.path === path);
  }
}

/** An answer of a gateway that turns a request away. */
export function turnedAway(code: string, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(
    { type: `/docs/errors#${code}`, title: 'not now', status, code },
    { status, headers: { 'content-type': 'application/problem+json', 'gatehouse-error': code, ...headers } },
  );
}
