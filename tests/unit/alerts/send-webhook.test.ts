import { makeWebhookAgent, sendWebhook, webhookAddress } from '../../../src/alerts/send-webhook.js';
import { json, startSupplier, status, type Answer, type SupplierStub } from '../../support/supplier-stub.js';

const HEADERS = { 'webhook-id': 'a', 'webhook-timestamp': '1', 'webhook-signature': 'v1a,AA==' };

describe('where a webhook may go', () => {
  it.each<[string, boolean, boolean]>([
    ['https://alerts.example/gatehouse', false, true],
    ['https://alerts.example/gatehouse', true, true],
    ['http://alerts.example/', true, false],
    ['http://127.0.0.1:9000/', true, true],
    ['http://127.0.0.1:9000/', false, false],
    ['http://127.0.0.1.example/', true, false],
    ['ftp://alerts.example/', true, false],
    ['no address', true, false],
  ])('%s, in a sandbox: %s', (url, sandbox, may) => {
    expect(webhookAddress(url, sandbox) !== undefined).toBe(may);
  });
});

describe('sending a webhook', () => {
  const agent = makeWebhookAgent();
  let receiver: SupplierStub;
  let elsewhere: SupplierStub;
  beforeAll(async () => {
    receiver = await startSupplier(status(204));
    elsewhere = await startSupplier(status(204));
  });
  afterAll(async () => {
    await agent.destroy();
    await receiver.close();
    await elsewhere.close();
  });
  const send = (answer: Answer, withinMs?: number) => {
    receiver.answer = answer;
    return sendWebhook(agent, new URL(`${receiver.origin}/in?box=1`), '{"a":1}', HEADERS, withinMs);
  };

  it('posts the payload with its headers to the address as it stands', async () => {
    expect(await send(status(204))).toBe('delivered');
    const { method, url, headers, body } = receiver.seen.at(-1)!;
    expect([method, url, body]).toEqual(['POST', '/in?box=1', '{"a":1}']);
    expect(headers).toMatchObject({ ...HEADERS, 'content-type': 'application/json' });
  });

  it.each<[string, Answer, string]>([
    ['200', json({ any: 'thing' }), 'delivered'],
    ['202', status(202), 'delivered'],
    ['400', status(400), 'failed'],
    ['500', status(500), 'failed'],
    ['410', status(410), 'gone'],
    ['a connection that is cut', (_seen, response) => void response.destroy(), 'failed'],
    [
      'an answer without end, whose status counts',
      (_seen, response) => void response.writeHead(200).write('and on '),
      'delivered',
    ],
  ])('takes %s for what it is', async (_what, answer, sent) => {
    expect(await send(answer)).toBe(sent);
  });

  it.each([301, 302, 307, 308])('follows no redirect (%d)', async (code) => {
    const sent = await send((_seen, response) => void response.writeHead(code, { location: elsewhere.origin }).end());
    expect([sent, elsewhere.seen.length]).toEqual(['failed', 0]);
  });

  it('gives up on a receiver that hangs', async () => {
    const began = performance.now();
    expect(await send(() => undefined, 300)).toBe('failed');
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('fails where nobody listens', async () => {
    const gone = await startSupplier(status(204));
    await gone.close();
    expect(await sendWebhook(agent, new URL(gone.origin), '{}', HEADERS)).toBe('failed');
  });
});
