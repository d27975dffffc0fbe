import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { signWebhook, webhookKeyOf } from '../../../src/alerts/webhook-signature.js';

const gateway = generateKeyPairSync('ed25519').privateKey;
const ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';
const PAYLOAD = '{"type":"alert.raised","data":{"id":"ü"}}';

/** As a receiver reads a key that is written `whpk_` and base64. */
const readKey = (text: string) =>
  createPublicKey({
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: Buffer.from(text.replace(/^whpk_/, ''), 'base64').toString('base64url'),
    },
    format: 'jwk',
  });

describe('the signature of a webhook (Standard Webhooks 1.0.0)', () => {
  const at = new Date('2026-11-22T09:30:00.900Z');
  const key = webhookKeyOf('council', gateway);
  const headers = signWebhook(ID, at, PAYLOAD, key);

  it('is Ed25519 over id, time and payload, marked v1a', () => {
    const [version, signature] = headers['webhook-signature'].split(',');
    expect([version, headers['webhook-id'], headers['webhook-timestamp']]).toEqual(['v1a', ID, '1795339800']);
    const check = (content: string): boolean =>
      verify(null, Buffer.from(content), readKey(key.publicKey), Buffer.from(signature!, 'base64'));
    expect(check(`${ID}.1795339800.${PAYLOAD}`)).toBe(true);
    expect(check(`${ID}.1795339801.${PAYLOAD}`)).toBe(false);
    expect(check(`${ID}.1795339800.${PAYLOAD} `)).toBe(false);
  });

  it('has an id without a full stop, which would let one message be read as another', () => {
    expect(headers['webhook-id']).not.toContain('.');
  });

  it('signs the content that the reference implementation signs, with headers that it reads', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const now = new Date();
    const ours = signWebhook(ID, now, PAYLOAD, key);
    const reference = new Webhook(secret);
    const signature = reference.sign(ID, now, PAYLOAD);
    const both = { ...ours, 'webhook-signature': `${ours['webhook-signature']} ${signature}` };
    expect(reference.verify(PAYLOAD, both)).toEqual(JSON.parse(PAYLOAD));
    const late = signWebhook(ID, new Date(now.getTime() - 6 * 60_000), PAYLOAD, key);
    const replayed = { ...late, 'webhook-signature': `${late['webhook-signature']} ${signature}` };
    expect(() => reference.verify(PAYLOAD, replayed)).toThrow('too old');
  });

  it('is by a key of each agency’s own, which is always the same and none of the gateway’s', () => {
    expect(webhookKeyOf('council', gateway).publicKey).toBe(key.publicKey);
    expect(webhookKeyOf('trust', gateway).publicKey).not.toBe(key.publicKey);
    expect(webhookKeyOf('council', generateKeyPairSync('ed25519').privateKey).publicKey).not.toBe(key.publicKey);
    const { x } = createPublicKey(gateway).export({ format: 'jwk' });
    expect(key.publicKey).not.toBe(`whpk_${Buffer.from(x!, 'base64url').toString('base64')}`);
    expect(Buffer.from(key.publicKey.slice('whpk_'.length), 'base64')).toHaveLength(32);
  });
});
