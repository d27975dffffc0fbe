import { Agent } from 'undici';
import type { WebhookHeaders } from './webhook-signature.js';

/** From the wait for a connection to the head of the answer, milliseconds. */
export const SEND_WITHIN_MS = 10_000;

/** `gone`: the receiver says that it wants no more of them. */
export type Sent = 'delivered' | 'failed' | 'gone';

/** Connections to receivers; none is kept longer than one message needs. */
export const makeWebhookAgent = (): Agent => new Agent({ connect: { minVersion: 'TLSv1.2' }, pipelining: 0 });

/**
 * Where a message may go: to the address that the agency's definition gives and nowhere else, by https.
 * @param sandbox http to the machine itself will do
 */
export function webhookAddress(url: string, sandbox: boolean): URL | undefined {
  const address = URL.parse(url);
  if (address?.protocol === 'https:') return address;
  return sandbox && address?.protocol === 'http:' && address.hostname === '127.0.0.1' ? address : undefined;
}

/**
 * Sends a message once. Any status of 200 to 299 is a delivery. A redirect is not followed: it is a failure like any other.
 * Whatever the receiver says beyond its status is not read. Never throws.
 */
export async function sendWebhook(
  agent: Agent,
  address: URL,
  payload: string,
  headers: WebhookHeaders,
  withinMs: number = SEND_WITHIN_MS,
): Promise<Sent> {
  try {
    const { statusCode, body } = await agent.request({
      origin: address.origin,
      path: `${address.pathname}${address.search}`,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Gatehouse' },
      body: payload,
      signal: AbortSignal.timeout(withinMs),
    });
    body.on('error', () => undefined).destroy();
    if (statusCode === 410) return 'gone';
    return statusCode >= 200 && statusCode <= 299 ? 'delivered' : 'failed';
  } catch {
    return 'failed';
  }
}
