import { createPrivateKey, createPublicKey, hkdfSync, sign, type KeyObject } from 'node:crypto';

/** The key that one agency's messages are signed with. */
export interface WebhookKey {
  readonly privateKey: KeyObject;
  /** `whpk_` and base64, as Standard Webhooks serializes it. */
  readonly publicKey: string;
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_OF_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key of an agency's messages, made from the gateway's key of receipts: one for each agency, so that none can pass a
 * message on to another as its own, and nothing that either side would have to keep secret for the other.
 * @param gatewayKey an Ed25519 private key
 */
export function webhookKeyOf(agency: string, gatewayKey: KeyObject): WebhookKey {
  const secret = Buffer.from(gatewayKey.export({ format: 'jwk' }).d!, 'base64url');
  const seed = Buffer.from(hkdfSync('sha256', secret, '', `gatehouse webhook ${agency}`, 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_OF_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicKey: `whpk_${Buffer.from(x!, 'base64url').toString('base64')}` };
}

/** What a message is sent with, by Standard Webhooks 1.0.0: asymmetric (`v1a`, Ed25519). */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Signs a message for one attempt at sending it.
 * @param id the same at each attempt; has no full stop
 * @param at when the attempt is made; a receiver refuses one that is minutes away from its own time
 * @param payload the very text that is sent
 */
export function signWebhook(id: string, at: Date, payload: string, { privateKey }: WebhookKey): WebhookHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = sign(null, Buffer.from(`${id}.${timestamp}.${payload}`), privateKey).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1a,${signature}` };
}
